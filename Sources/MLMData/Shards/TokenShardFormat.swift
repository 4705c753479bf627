/// How a shard lies on disk.
///
/// All numbers are little-endian.
///
/// | part   | bytes                  | content                                                   |
/// |--------|------------------------|-----------------------------------------------------------|
/// | header | 32                     | "MLMSHARD", version, bytes of an id, fingerprint, zero    |
/// | ids    | tokens × bytes of an id| documents one after another, then zeros up to 8 bytes     |
/// | table  | documents × 8          | tokens and UTF-8 bytes of each document                   |
/// | footer | 32                     | documents, tokens, checksum of all before it, "MLMTABLE"  |
///
/// The table follows the ids so that a shard is written in one pass in bounded memory.
enum TokenShardFormat {
  static let version: UInt32 = 1
  static let headerSize = 32
  static let footerSize = 32
  static let entrySize = 8
  static let headerMagic = Array("MLMSHARD".utf8)
  static let footerMagic = Array("MLMTABLE".utf8)
  static let manifestName = "manifest.json"
  static let shardPrefix = "shard-"

  /// Two bytes while every id fits, else four.
  static func bytesPerID(vocabularySize: Int) -> Int { vocabularySize <= 1 << 16 ? 2 : 4 }

  static func shardName(_ index: Int) -> String {
    let digits = String(index)
    return shardPrefix + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
      + ".tokens"
  }

  static func header(bytesPerID: Int, fingerprint: UInt64) -> [UInt8] {
    headerMagic + bytes(version) + bytes(UInt32(bytesPerID)) + bytes(fingerprint) + bytes(UInt64(0))
  }

  static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// The size in bytes of the ids with the zeros that follow them.
  static func paddedSize(tokens: Int, bytesPerID: Int) -> Int { (tokens * bytesPerID + 7) & ~7 }
}

/// Detects a damaged shard: every single change of a word changes it.
///
/// A multiplicative hash over 64-bit words. It guards against accidents, not against forgery.
struct ShardChecksum: Equatable {
  private(set) var value: UInt64 = 0x243F_6A88_85A3_08D3  // the first fractional bits of π

  /// Takes in bytes, whose number must be a multiple of 8.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var hash = value
    for offset in stride(from: 0, to: bytes.count & ~7, by: 8) {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let mixed = hash ^ word
      hash = ((mixed << 29) | (mixed >> 35)) &* 0x9E37_79B9_7F4A_7C15
    }
    value = hash
  }
}
