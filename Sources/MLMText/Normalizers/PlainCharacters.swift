import CUTF8Proc

/// Characters that a normalizer leaves as they are, whatever plain characters stand beside them.
///
/// A character is asked about once; the answers for the first 65,536 code points are kept.
struct PlainCharacters {
  private var answers: [UInt8] = []

  private static let unknown: UInt8 = 0
  private static let plain: UInt8 = 1
  private static let other: UInt8 = 2

  /// Whether all characters of `text`, valid UTF-8, are plain for `operations`, which replace nothing
  /// but characters, marks and runs of spaces.
  ///
  /// White space and what `mark` holds are not.
  mutating func areAll(
    _ text: UnsafeBufferPointer<UInt8>, _ operations: [RewritingOperation], mark: [UInt8]
  ) -> Bool {
    guard let base = text.baseAddress else { return true }
    if answers.isEmpty { answers = [UInt8](repeating: Self.unknown, count: 1 << 16) }
    return answers.withUnsafeMutableBufferPointer { answers in
      var i = 0
      while i < text.count {
        let (scalar, length) = UTF8Scalar.decode(base + i)
        guard scalar < 1 << 16 else { return false }
        if answers[Int(scalar)] == Self.unknown {
          let character = UnsafeBufferPointer(start: base + i, count: length)
          answers[Int(scalar)] =
            Self.isPlain(character, scalar, operations, mark) ? Self.plain : Self.other
        }
        if answers[Int(scalar)] != Self.plain { return false }
        i += length
      }
      return true
    }
  }

  private static func isPlain(
    _ character: UnsafeBufferPointer<UInt8>, _ scalar: UInt32,
    _ operations: [RewritingOperation], _ mark: [UInt8]
  ) -> Bool {
    let isControl = scalar < 0x20 || (0x7F...0x9F).contains(scalar)
    if isControl || CharacterProperties.isWhiteSpace(scalar) { return false }
    if mark.contains(character[0]), holds(mark, scalar) { return false }
    // What joins a letter or another of its kind is looked up with its neighbours.
    let (letter, same) = (Int32(0x61), Int32(bitPattern: scalar))
    for (first, second) in [(letter, same), (same, letter), (same, same)]
    where !utf8proc_grapheme_break(first, second) {
      return false
    }
    if Composition.combiningClass(scalar) != 0 { return false }
    let properties = CharacterProperties.shared[scalar]
    var output: [UInt8] = []
    for operation in operations {
      if case .form(.nfc) = operation, properties & CharacterProperties.Bits.changesNFC != 0 {
        return false
      }
      if case .form(.nfkc) = operation, properties & CharacterProperties.Bits.changesNFKC != 0 {
        return false
      }
      var recorder = AlignmentRecorder(isRecording: false)
      if operation.apply(character, into: &output, recording: &recorder) { return false }
    }
    return true
  }

  private static func holds(_ text: [UInt8], _ scalar: UInt32) -> Bool {
    text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return false }
      var i = 0
      while i < text.count {
        let (other, length) = UTF8Scalar.decode(base + i)
        if other == scalar { return true }
        i += length
      }
      return false
    }
  }
}
