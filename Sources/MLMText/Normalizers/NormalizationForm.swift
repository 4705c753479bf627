/// The Unicode normalization forms (Unicode Standard Annex 15), with alignment.
///
/// Stretches that are already in the form are copied; only the characters around one that is not
/// are decomposed, reordered and composed.
struct NormalizationForm {
  /// A code point on its way: `change` is 1 for an addition, 0 for a replacement, and -n where n
  /// following input characters went into it as well.
  private struct Item {
    var scalar: UInt32
    var combiningClass: UInt8
    var change: Int
  }

  private let changeBit: UInt8
  private let isCompatible: Bool
  private let composes: Bool
  private let properties = CharacterProperties.shared
  private let composition = Composition.shared

  /// Prepares for `form`; nil for the form that changes nothing.
  init?(_ form: Normalizer.Form) {
    switch form {
    case .none: return nil
    case .nfc: (changeBit, isCompatible, composes) = (Bits.changesNFC, false, true)
    case .nfd: (changeBit, isCompatible, composes) = (Bits.changesNFD, false, false)
    case .nfkc: (changeBit, isCompatible, composes) = (Bits.changesNFKC, true, true)
    case .nfkd: (changeBit, isCompatible, composes) = (Bits.changesNFKD, true, false)
    }
  }

  private typealias Bits = CharacterProperties.Bits

  /// Writes the normalized `input` into `output`; returns false, and writes nothing, if it is
  /// normalized already.
  func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    guard let base = input.baseAddress else { return false }
    let count = input.count
    let raw = UnsafeRawPointer(base)
    var items: [Item] = []
    var changed = false
    var copied = 0
    var boundary = 0
    var previousClass: UInt8 = 0
    var i = 0
    while i < count {
      if base[i] < 0x80 {
        while i + 8 <= count,
          raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          i += 8
        }
        while i < count, base[i] < 0x80 { i += 1 }
        boundary = i - 1
        previousClass = 0
        continue
      }
      let (scalar, length) = UTF8Scalar.decode(base + i)
      let bits = properties[scalar]
      if bits & (changeBit | Bits.nonStarter) == 0 {
        boundary = i
        previousClass = 0
        i += length
        continue
      }
      if bits & changeBit == 0 {
        // A mark in its right place needs no work.
        let combiningClass = Composition.combiningClass(scalar)
        if combiningClass >= previousClass {
          previousClass = combiningClass
          i += length
          continue
        }
      }
      var end = i + length
      while end < count, base[end] >= 0x80 {
        let (next, nextLength) = UTF8Scalar.decode(base + end)
        if properties[next] & (changeBit | Bits.nonStarter) == 0 { break }
        end += nextLength
      }
      if !changed {
        changed = true
        output.removeAll(keepingCapacity: true)
        output.reserveCapacity(count + count / 8 + 16)
      }
      if copied < boundary {
        runs.copy(from: copied, to: output.count)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<boundary]))
      }
      decompose(base, boundary, end, into: &items)
      reorder(&items)
      if composes { compose(&items) }
      emit(items, base, boundary, into: &output, recording: &runs)
      copied = end
      boundary = end
      previousClass = 0
      i = end
    }
    guard changed else { return false }
    if copied < count {
      runs.copy(from: copied, to: output.count)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied...]))
    }
    return true
  }

  private func decompose(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, into items: inout [Item]
  ) {
    items.removeAll(keepingCapacity: true)
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: Composition.longestDecomposition) {
      guard let target = $0.baseAddress else { return }
      var i = start
      while i < end {
        let (scalar, length) = UTF8Scalar.decode(base + i)
        let parts =
          scalar < 0x80
          ? 0 : Composition.decompose(scalar, compatibly: isCompatible, into: target)
        if parts == 0 { items.append(Item(scalar: scalar, combiningClass: 0, change: 0)) }
        for part in 0..<parts {
          let piece = UInt32(bitPattern: target[part])
          items.append(
            Item(
              scalar: piece, combiningClass: Composition.combiningClass(piece),
              change: part == 0 ? 0 : 1))
        }
        i += length
      }
    }
  }

  /// Sorts each run of marks by combining class, equal classes in the order they came.
  private func reorder(_ items: inout [Item]) {
    var i = 0
    while i < items.count {
      guard items[i].combiningClass != 0 else {
        i += 1
        continue
      }
      var end = i + 1
      var isSorted = true
      while end < items.count, items[end].combiningClass != 0 {
        if items[end].combiningClass < items[end - 1].combiningClass { isSorted = false }
        end += 1
      }
      if !isSorted {
        // By counting, so that a million marks take a million steps.
        let run = Array(items[i..<end])
        var starts = [Int](repeating: 0, count: 257)
        for item in run { starts[Int(item.combiningClass) + 1] += 1 }
        for k in 1..<257 { starts[k] += starts[k - 1] }
        for item in run {
          items[i + starts[Int(item.combiningClass)]] = item
          starts[Int(item.combiningClass)] += 1
        }
      }
      i = end
    }
  }

  /// The canonical composition algorithm, in place.
  private func compose(_ items: inout [Item]) {
    var kept = 0
    var starter: Int?
    var lastClass: UInt8?
    for i in 0..<items.count {
      let item = items[i]
      if let starter, lastClass.map({ $0 < item.combiningClass }) ?? true,
        let composite = composition.composed(items[starter].scalar, item.scalar)
      {
        items[starter].scalar = composite
        items[starter].change += item.change - 1
        continue
      }
      if item.combiningClass == 0 {
        starter = kept
        lastClass = nil
      } else if starter != nil {
        lastClass = item.combiningClass
      }
      items[kept] = item
      kept += 1
    }
    items.removeLast(items.count - kept)
  }

  private func emit(
    _ items: [Item], _ base: UnsafePointer<UInt8>, _ start: Int, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) {
    var source = start
    for item in items {
      if runs.isRecording {
        var origin = source
        if item.change > 0, origin > 0 {
          origin -= 1
          while origin > 0, base[origin] & 0xC0 == 0x80 { origin -= 1 }
        }
        runs.single(from: origin, to: output.count)
        for _ in 0..<max(0, 1 - item.change) { source += UTF8Scalar.length(lead: base[source]) }
      }
      UTF8Scalar.append(item.scalar, to: &output)
    }
  }
}
