/// Stretches of text that have the same pieces wherever they stand, under BERT's pre-tokenizer and
/// normalizers that reach over neither white space, punctuation nor ideographs.
enum BERTStretch {
  /// What the first byte of a character says about where stretches end.
  private enum Kind {
    static let word: UInt8 = 0
    static let space: UInt8 = 1
    static let punctuation: UInt8 = 2
    static let other: UInt8 = 3
  }

  /// The kind for each byte.
  private static let kinds: [UInt8] = (UInt8.min...UInt8.max).map { byte in
    switch byte {
    case 0x09, 0x0A, 0x0D, 0x20: Kind.space
    case 33...47, 58...64, 91...96, 123...126: Kind.punctuation
    case 0x80...: Kind.other
    default: Kind.word
    }
  }

  /// Calls `body` with the start and the length of each stretch of valid UTF-8: a character of
  /// punctuation, an ideograph, or what is between them and white space.
  @inline(__always)
  static func forEach(
    in base: UnsafePointer<UInt8>, count: Int, _ body: (_ start: Int, _ length: Int) -> Void
  ) {
    let characters = BERTCharacters.shared
    kinds.withUnsafeBufferPointer { kinds in
      var start = 0
      while start < count {
        var end = start
        scan: while end < count {
          switch kinds[Int(base[end])] {
          case Kind.word: end += 1
          case Kind.space:
            if end == start {
              start += 1
              end = start
              continue scan
            }
            break scan
          case Kind.punctuation:
            if end == start { end += 1 }
            break scan
          default:
            let (scalar, length) = UTF8Scalar.decode(base + end)
            if CharacterRewriter.isIdeograph(scalar) || characters.isPunctuation(scalar) {
              if end == start { end += length }
              break scan
            }
            end += length
          }
        }
        if start < end { body(start, end - start) }
        start = end
      }
    }
  }
}
