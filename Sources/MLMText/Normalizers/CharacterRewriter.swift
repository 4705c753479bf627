/// The rewriting steps that look at single characters.
enum CharacterRewriter: Hashable, Sendable {
  /// BERT's cleaning: control characters, U+0000 and U+FFFD go, white space becomes spaces.
  case cleaning
  /// Spaces around the ideographs that BERT treats as words.
  case ideographSpacing
  /// Nonspacing marks go.
  case nonspacingStripping
  /// The rules of the `Nmt` normalizer.
  case nmt

  /// Writes the rewritten `input` into `output`; returns false if nothing changes.
  func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    let characters = BERTCharacters.shared
    switch self {
    case .cleaning:
      return ScalarRewriting.apply(input, into: &output, recording: &runs) { scalar in
        switch scalar {
        case 0x09, 0x0A, 0x0D: return .replace(0x20)
        default: break
        }
        if characters[scalar] & BERTCharacters.Bits.removed != 0 { return .remove }
        return CharacterProperties.isWhiteSpace(scalar) ? .replace(0x20) : .keep
      }
    case .ideographSpacing:
      return ScalarRewriting.apply(input, into: &output, recording: &runs) {
        Self.isIdeograph($0) ? .space : .keep
      }
    case .nonspacingStripping:
      return ScalarRewriting.apply(input, into: &output, recording: &runs) {
        characters[$0] & BERTCharacters.Bits.nonspacing != 0 ? .remove : .keep
      }
    case .nmt: return ScalarRewriting.apply(input, into: &output, recording: &runs, Self.nmt)
    }
  }

  /// The blocks of Han characters in BERT's tokenizer.
  @inline(__always)
  static func isIdeograph(_ scalar: UInt32) -> Bool {
    guard scalar >= 0x3400 else { return false }
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
      0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      return true
    default: return false
    }
  }

  private static func nmt(_ scalar: UInt32) -> ScalarChange {
    switch scalar {
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: .remove
    case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
      .replace(0x20)
    default: .keep
    }
  }
}
