import CUTF8Proc

/// Lowercasing of single characters, as Rust's `char::to_lowercase` does it: full mappings, no
/// context (a final sigma stays σ).
enum Lowercase {
  /// U+0130 is the one character whose full lowercase has two code points (SpecialCasing.txt).
  static let dottedCapitalI: UInt32 = 0x130

  static func changes(_ scalar: UInt32) -> Bool {
    scalar == dottedCapitalI
      || utf8proc_tolower(Int32(bitPattern: scalar)) != Int32(bitPattern: scalar)
  }

  /// Writes the lowercase of all `input` into `output` and records where it came from.
  static func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    guard let base = input.baseAddress else { return false }
    let properties = CharacterProperties.shared
    var copied = 0
    var changed = false
    var i = 0
    while i < input.count {
      let byte = base[i]
      if byte < 0x80 {
        guard byte &- 0x41 < 26 else {
          i += 1
          continue
        }
        if !changed {
          changed = true
          output.removeAll(keepingCapacity: true)
          output.reserveCapacity(input.count + 8)
        }
        runs.copy(from: copied, to: output.count)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<i]))
        // Capitals stand among small letters: a run of ASCII is mapped at once, so that alignment
        // stays one run.
        while i < input.count, base[i] < 0x80 {
          let letter = base[i]
          output.append(letter &- 0x41 < 26 ? letter | 0x20 : letter)
          i += 1
        }
        copied = i
        continue
      }
      let (scalar, length) = UTF8Scalar.decode(base + i)
      if properties[scalar] & CharacterProperties.Bits.changesLowercase == 0 {
        i += length
        continue
      }
      if !changed {
        changed = true
        output.removeAll(keepingCapacity: true)
        output.reserveCapacity(input.count + 8)
      }
      if copied < i {
        runs.copy(from: copied, to: output.count)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<i]))
      }
      runs.single(from: i, to: output.count)
      if scalar == dottedCapitalI {
        UTF8Scalar.append(0x69, to: &output)
        UTF8Scalar.append(0x307, to: &output)
      } else {
        let lower = utf8proc_tolower(Int32(bitPattern: scalar))
        UTF8Scalar.append(UInt32(bitPattern: lower), to: &output)
      }
      i += length
      copied = i
    }
    guard changed else { return false }
    if copied < i {
      runs.copy(from: copied, to: output.count)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<i]))
    }
    return true
  }
}
