/// Removes every mark (general category M), as Hugging Face's `StripAccents`; it decomposes nothing.
enum StripAccents {
  static func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    guard let base = input.baseAddress else { return false }
    var copied = 0
    var changed = false
    var i = 0
    while i < input.count {
      if base[i] < 0x80 {
        i += 1
        continue
      }
      let (scalar, length) = UTF8Scalar.decode(base + i)
      guard CharacterProperties.isMark(scalar) else {
        i += length
        continue
      }
      if !changed {
        changed = true
        output.removeAll(keepingCapacity: true)
        output.reserveCapacity(input.count)
      }
      if copied < i {
        runs.copy(from: copied, to: output.count)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<i]))
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
