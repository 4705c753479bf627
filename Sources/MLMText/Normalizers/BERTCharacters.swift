/// What BERT's normalizer and pre-tokenizer take every code point for, in a table built once.
///
/// The classes are those of Unicode 9, which Hugging Face tokenizers uses for them; characters that
/// came later are neither marks nor punctuation.
struct BERTCharacters: Sendable {
  /// The bits of an entry.
  enum Bits {
    static let removed: UInt8 = 1
    static let nonspacing: UInt8 = 1 << 1
    static let punctuation: UInt8 = 1 << 2
  }

  static let shared = BERTCharacters()

  private let table: CodePointTable

  /// Returns the bits of `scalar`, which must be at most U+10FFFF.
  @inline(__always)
  subscript(scalar: UInt32) -> UInt8 {
    table[scalar]
  }

  /// Returns whether `scalar` is punctuation; every ASCII symbol counts.
  @inline(__always)
  func isPunctuation(_ scalar: UInt32) -> Bool { self[scalar] & Bits.punctuation != 0 }

  private init() {
    var bits = [UInt8](repeating: 0, count: 0x110000)
    for (table, bit) in [
      (Self.removedTable, Bits.removed), (Self.nonspacingTable, Bits.nonspacing),
      (Self.punctuationTable, Bits.punctuation),
    ] {
      var place = 0
      var belongs = false
      for field in table.utf8.split(separator: UInt8(ascii: " ")) {
        let count = Int(String(decoding: field, as: UTF8.self), radix: 36) ?? 0
        let end = min(place + count, bits.count)
        if belongs {
          bits.withUnsafeMutableBufferPointer { for i in place..<end { $0[i] |= bit } }
        }
        place = end
        belongs.toggle()
      }
    }
    table = bits.withUnsafeBufferPointer { bits in CodePointTable { bits[Int($0)] } }
  }
}
