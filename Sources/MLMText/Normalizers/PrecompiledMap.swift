import CUTF8Proc

/// A table of replacements as sentencepiece compiles it: a Darts-clone double array over UTF-8, and the
/// replacements, each ended by a NUL.
final class PrecompiledMap: Hashable, Sendable {
  /// The base64 text that it was read from.
  let encoded: [UInt8]
  private let units: [UInt32]
  private let replacements: [UInt8]
  /// Whether each ASCII character stays as it is.
  private let keepsASCII: [Bool]

  /// Reads the base64 of a table; nil if it is none.
  init?(base64: some Sequence<UInt8>) {
    encoded = Array(base64)
    guard let bytes = Base64.decoded(encoded), bytes.count >= 4 else { return nil }
    let size = bytes[0..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size % 4 == 0, size >= 4, size <= bytes.count - 4 else { return nil }
    units = (0..<size / 4).map { index in
      bytes[4 + 4 * index..<8 + 4 * index].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    replacements = Array(bytes[(4 + size)...])
    guard replacements.withUnsafeBufferPointer(UTF8Repair.isValid) else { return nil }
    let units = units
    keepsASCII = (UInt8(0)..<128).map { byte in
      withUnsafeBytes(of: byte) { Self.value(of: $0.bindMemory(to: UInt8.self), units) == nil }
    }
  }

  /// The longest text that something may be replaced by.
  var longestReplacement: [UInt8] {
    replacements.split(separator: 0).max { $0.count < $1.count }.map { Array($0) } ?? []
  }

  static func == (left: PrecompiledMap, right: PrecompiledMap) -> Bool {
    left === right || left.encoded == right.encoded
  }

  func hash(into hasher: inout Hasher) { hasher.combine(encoded) }

  /// The value of the shortest key that `key` begins with.
  private static func value(of key: UnsafeBufferPointer<UInt8>, _ units: [UInt32]) -> Int? {
    func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }
    var position = offset(units[0])
    for byte in key where byte != 0 {
      position ^= Int(byte)
      guard position < units.count else { return nil }
      let unit = units[position]
      guard unit & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
      position ^= offset(unit)
      guard position < units.count else { return nil }
      if unit >> 8 & 1 == 1 { return Int(units[position] & (1 << 31 - 1)) }
    }
    return nil
  }

  /// What `text` is replaced by, or nil if it stays.
  private func replacement(of text: UnsafeBufferPointer<UInt8>) -> ArraySlice<UInt8>? {
    if text.first == 0 { return nil }
    guard let start = Self.value(of: text, units), start <= replacements.count else { return nil }
    return replacements[start...].prefix { $0 != 0 }
  }

  /// Writes the rewritten `input` into `output`; returns false if nothing changes.
  func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    guard let base = input.baseAddress else { return false }
    var copied = 0
    var changed = false
    // Characters of the input that the output so far accounts for. They fall behind where a
    // removed character had nothing before it.
    var source = 0
    // Whether the last character of the output is one that was added.
    var endsInAddition = false
    func take(_ characters: Int) {
      for _ in 0..<max(characters, 0) where source < input.count {
        source += UTF8Scalar.length(lead: base[source])
      }
    }
    func copy(to end: Int) {
      guard copied < end else { return }
      endsInAddition = false
      if source == copied {
        runs.copy(from: copied, to: output.count)
        source = end
      } else if runs.isRecording {
        var i = copied
        var place = output.count
        while i < end {
          let length = UTF8Scalar.length(lead: base[i])
          runs.single(from: source, to: place)
          place += length
          i += length
          take(1)
        }
      }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<end]))
      copied = end
    }
    func replace(_ range: Range<Int>, by text: ArraySlice<UInt8>) {
      if !changed {
        changed = true
        output.removeAll(keepingCapacity: true)
        output.reserveCapacity(input.count + input.count / 8 + 16)
      }
      copy(to: range.lowerBound)
      if runs.isRecording {
        let old = input[range].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        let new = text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        var place = output.count
        var index = 0
        for byte in text where byte & 0xC0 != 0x80 {
          // Characters beyond the old ones come from the last old one.
          runs.single(
            from: index < old ? source : input.lastCharacter(before: source), to: place)
          if index < old { take(1) }
          place += UTF8Scalar.length(lead: byte)
          index += 1
        }
        if new == 0, old > 0, endsInAddition {
          // The library counts changes: one added and one removed make one replaced.
          runs.moveLast(to: source)
        }
        endsInAddition = new > old
        if new < old, new > 0 || !output.isEmpty { take(old - new) }
      }
      output.append(contentsOf: text)
      copied = range.upperBound
      if !runs.isRecording { source = copied }
    }
    var i = 0
    while i < input.count {
      let next = i + 1
      if base[i] < 0x80, base[i] != 0x0D, next == input.count || base[next] < 0x80 {
        if !keepsASCII[Int(base[i])],
          let text = replacement(of: UnsafeBufferPointer(rebasing: input[i..<next]))
        {
          replace(i..<next, by: text)
        }
        i = next
        continue
      }
      let end = graphemeEnd(base, i, input.count)
      if end - i < 6, let text = replacement(of: UnsafeBufferPointer(rebasing: input[i..<end])) {
        replace(i..<end, by: text)
      } else {
        var character = i
        while character < end {
          let stop = character + UTF8Scalar.length(lead: base[character])
          if let text = replacement(of: UnsafeBufferPointer(rebasing: input[character..<stop])) {
            replace(character..<stop, by: text)
          }
          character = stop
        }
      }
      i = end
    }
    guard changed else { return false }
    copy(to: input.count)
    return true
  }

  /// The end of the extended grapheme cluster that begins at `start`.
  private func graphemeEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
    var state: Int32 = 0
    var (scalar, length) = UTF8Scalar.decode(base + start)
    var end = start + length
    while end < count {
      let (next, nextLength) = UTF8Scalar.decode(base + end)
      if utf8proc_grapheme_break_stateful(
        Int32(bitPattern: scalar), Int32(bitPattern: next), &state)
      {
        break
      }
      scalar = next
      length = nextLength
      end += length
    }
    return end
  }
}
