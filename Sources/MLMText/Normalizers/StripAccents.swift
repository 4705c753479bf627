/// Removes every mark (general category M), as Hugging Face's `StripAccents`; it decomposes nothing.
enum StripAccents {
  static func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    ScalarRewriting.apply(input, into: &output, recording: &runs) {
      CharacterProperties.isMark($0) ? .remove : .keep
    }
  }
}
