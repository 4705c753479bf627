/// What BERT's normalizer and pre-tokenizer take every code point for, in a table built once.
///
/// The classes are those of Unicode 9, which Hugging Face tokenizers uses for them; characters that
/// came later are neither marks nor punctuation. The memory is never freed.
struct BERTCharacters: @unchecked Sendable {
  /// The bits of an entry.
  enum Bits {
    static let removed: UInt8 = 1
    static let nonspacing: UInt8 = 1 << 1
    static let punctuation: UInt8 = 1 << 2
  }

  static let shared = BERTCharacters()

  private let blockStarts: UnsafePointer<UInt16>
  private let blocks: UnsafePointer<UInt8>

  /// Returns the bits of `scalar`, which must be at most U+10FFFF.
  @inline(__always)
  subscript(scalar: UInt32) -> UInt8 {
    blocks[Int(blockStarts[Int(scalar >> 7)]) << 7 | Int(scalar & 0x7F)]
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
    var known: [ArraySlice<UInt8>: UInt16] = [:]
    var starts: [UInt16] = []
    var stored: [UInt8] = []
    for first in stride(from: 0, to: bits.count, by: 128) {
      let block = bits[first..<first + 128]
      // Many blocks are like the one before.
      if let last = starts.last, block.elementsEqual(bits[first - 128..<first]) {
        starts.append(last)
      } else if let index = known[block] {
        starts.append(index)
      } else {
        let index = UInt16(stored.count >> 7)
        known[block] = index
        stored += block
        starts.append(index)
      }
    }
    let startsCopy = UnsafeMutablePointer<UInt16>.allocate(capacity: starts.count)
    startsCopy.initialize(from: starts, count: starts.count)
    let blocksCopy = UnsafeMutablePointer<UInt8>.allocate(capacity: stored.count)
    blocksCopy.initialize(from: stored, count: stored.count)
    blockStarts = UnsafePointer(startsCopy)
    blocks = UnsafePointer(blocksCopy)
  }
}
