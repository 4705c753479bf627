#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import MLMText

/// What a folder of token shards holds.
///
/// It is written last, so a folder without it is unfinished.
package struct TokenShardManifest: Codable, Equatable, Sendable {
  /// What one shard holds.
  package struct Shard: Codable, Equatable, Sendable {
    /// The file's name inside the folder.
    package var file: String
    /// Its size in bytes.
    package var size: Int
    /// Documents in it.
    package var documents: Int
    /// Token ids in it.
    package var tokens: Int
  }

  /// The version of the format.
  package var version: Int
  /// The vocabulary that the ids belong to, as 16 hexadecimal digits.
  package var fingerprint: String
  /// Bytes of an id: 2 or 4.
  package var bytesPerID: Int
  /// Documents in all shards.
  package var documents: Int
  /// Token ids in all shards.
  package var tokens: Int
  /// UTF-8 bytes of the documents.
  package var bytes: Int
  /// What the writer noted of where the text came from.
  package var attributes: [String: String]
  /// The shards, in the order of their documents.
  package var shards: [Shard]

  private enum CodingKeys: String, CodingKey {
    case version, fingerprint, documents, tokens, bytes, attributes, shards
    case bytesPerID = "bytes_per_id"
  }

  static func path(in directory: String) -> String {
    directory + "/" + TokenShardFormat.manifestName
  }

  static func hexadecimal(_ fingerprint: UInt64) -> String {
    let digits = String(fingerprint, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Reads the manifest of a folder.
  ///
  /// - Throws: `FileError` if there is none; `DataError` if it is no manifest of this version.
  package init(directory: String) throws {
    let path = Self.path(in: directory)
    let bytes = try FileContents.read(path)
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch {
      throw DataError(
        .corrupt, file: path, expected: "a manifest of token shards", found: "no such JSON")
    }
    guard version == Int(TokenShardFormat.version), bytesPerID == 2 || bytesPerID == 4 else {
      throw DataError(
        .corrupt, file: path,
        expected: "version \(TokenShardFormat.version) with ids of 2 or 4 bytes",
        found: "version \(version) with ids of \(bytesPerID) bytes")
    }
    // Bounded first, so that no sum overflows.
    let plausible = 0...(Int.max >> 20)
    guard shards.count <= 1 << 20,
      shards.allSatisfy({ plausible ~= $0.documents && plausible ~= $0.tokens }),
      shards.reduce(0, { $0 + $1.documents }) == documents,
      shards.reduce(0, { $0 + $1.tokens }) == tokens
    else {
      throw DataError(
        .corrupt, file: path, expected: "\(documents) documents of \(tokens) tokens",
        found: "shards that add up to something else")
    }
  }

  init(
    fingerprint: UInt64, bytesPerID: Int, bytes: Int, attributes: [String: String], shards: [Shard]
  ) {
    version = Int(TokenShardFormat.version)
    self.fingerprint = Self.hexadecimal(fingerprint)
    self.bytesPerID = bytesPerID
    documents = shards.reduce(0) { $0 + $1.documents }
    tokens = shards.reduce(0) { $0 + $1.tokens }
    self.bytes = bytes
    self.attributes = attributes
    self.shards = shards
  }

  func write(to directory: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try FileContents.write(Array(try encoder.encode(self)) + [0x0A], to: Self.path(in: directory))
  }
}
