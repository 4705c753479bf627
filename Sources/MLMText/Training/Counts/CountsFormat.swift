/// The layout of a counts file, version 1: words and how often each occurs, sorted.
///
/// | part | bytes |
/// |---|---|
/// | magic | `MLMCOUNT` |
/// | version | 4, little-endian: 1 |
/// | length of the settings | 4, little-endian |
/// | settings | JSON: `{"normalizer": …, "pre_tokenizer": …}`, as in a tokenizer.json |
/// | words | see below, in the order of their bytes |
/// | end | 0, 0 |
/// | totals | five numbers of 8 bytes, little-endian: bytes of text, words, different words, words that are surely none, bytes of the longest word |
/// | checksum | 8, little-endian: FNV-1a (64 bits) of all bytes before it |
///
/// A word is: how many of its first bytes it shares with the word before it; how many more it has;
/// those bytes; its count. Numbers are LEB128: seven bits a byte, lowest first, the eighth says that
/// another follows. Two files with equal settings merge by reading both from front to end.
enum CountsFormat {
  static let magic = Array("MLMCOUNT".utf8)
  static let version: UInt32 = 1
  /// Settings are a few hundred bytes; what claims more is no counts file.
  static let longestSettings = 1 << 20

  /// FNV-1a, 64 bits.
  struct Checksum {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
      var hash = value
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      value = hash
    }
  }

  static func append(_ value: UInt64, bytes count: Int, to bytes: inout [UInt8]) {
    for i in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
  }
}
