#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import MLMText

/// Writes the token ids of documents to a folder of shards that `TokenShards` reads.
///
/// Every file appears whole or not at all, and the manifest last: tokenization that is cut off
/// leaves a folder without one, which `TokenShards.isComplete` tells. Memory is one block and the
/// sizes of one shard's documents.
package final class TokenShardWriter {
  /// The largest size of a shard in bytes; only a single larger document exceeds it.
  package static let defaultShardSize = 64 << 20
  private static let blockSize = 1 << 20

  private let directory: String
  private let vocabularySize: Int
  private let fingerprint: UInt64
  private let bytesPerID: Int
  private let attributes: [String: String]
  private let shardSize: Int
  private var shards: [TokenShardManifest.Shard] = []
  private var totalBytes = 0

  // The shard being written.
  private var file: AtomicFile?
  private var block: [UInt8] = []
  private var table: [UInt8] = []
  private var tokens = 0
  private var written = 0
  private var checksum = ShardChecksum()

  /// Prepares the folder: creates it if missing, removes the shards of an earlier run.
  ///
  /// - Parameters:
  ///   - directory: the folder.
  ///   - vocabularySize: ids are below it; up to 65,536 they take two bytes each, else four.
  ///   - fingerprint: names the vocabulary; readers compare it with theirs.
  ///   - attributes: kept in the manifest, to tell whether shards are still those of their text.
  ///   - shardSize: the largest size of a shard in bytes.
  /// - Throws: `FileError` if the folder cannot be made or cleared.
  package init(
    directory: String, vocabularySize: Int, fingerprint: UInt64, attributes: [String: String] = [:],
    shardSize: Int = defaultShardSize
  ) throws(FileError) {
    self.directory = directory
    self.vocabularySize = vocabularySize
    self.fingerprint = fingerprint
    bytesPerID = TokenShardFormat.bytesPerID(vocabularySize: vocabularySize)
    self.attributes = attributes
    self.shardSize = shardSize
    do {
      let files = FileManager.default
      try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
      let old = try files.contentsOfDirectory(atPath: directory)
      // The manifest goes first: without it, what is left is not taken for whole.
      for name in old where name == TokenShardFormat.manifestName {
        try files.removeItem(atPath: directory + "/" + name)
      }
      for name in old where name.hasPrefix(TokenShardFormat.shardPrefix) {
        try files.removeItem(atPath: directory + "/" + name)
      }
    } catch {
      throw FileError(
        code: .cannotCreate, path: directory,
        reason: "expected a folder that can be written, found none")
    }
  }

  /// Adds a document.
  ///
  /// - Parameters:
  ///   - ids: its token ids.
  ///   - byteCount: the UTF-8 bytes of its text.
  /// - Throws: `FileError` if it cannot be written; `DataError` for an id outside the vocabulary
  ///   and for a document of 4 GiB or more.
  package func append(_ ids: [Int32], byteCount: Int) throws {
    if let wrong = ids.first(where: { $0 < 0 || $0 >= vocabularySize }) {
      throw DataError(
        .mismatch, file: directory, expected: "ids below \(vocabularySize)", found: "\(wrong)")
    }
    guard let byteSize = UInt32(exactly: byteCount), let length = UInt32(exactly: ids.count) else {
      throw DataError(
        .corrupt, file: directory, expected: "a document below 4 GiB", found: "\(byteCount) bytes")
    }
    if tokens > 0, projectedSize(adding: ids.count) > shardSize { try closeShard() }
    if file == nil { try openShard() }
    if bytesPerID == 2 {
      ids.map { UInt16(truncatingIfNeeded: $0).littleEndian }
        .withUnsafeBytes { block.append(contentsOf: $0) }
    } else {
      ids.map(\.littleEndian).withUnsafeBytes { block.append(contentsOf: $0) }
    }
    if block.count >= Self.blockSize { try flush() }
    table += TokenShardFormat.bytes(length) + TokenShardFormat.bytes(byteSize)
    tokens += ids.count
    totalBytes += byteCount
  }

  /// Writes what is left, then the manifest.
  package func finish() throws -> TokenShardManifest {
    if file != nil { try closeShard() }
    let manifest = TokenShardManifest(
      fingerprint: fingerprint, bytesPerID: bytesPerID, bytes: totalBytes, attributes: attributes,
      shards: shards)
    try manifest.write(to: directory)
    return manifest
  }

  private func projectedSize(adding count: Int) -> Int {
    TokenShardFormat.headerSize + TokenShardFormat.footerSize
      + TokenShardFormat.paddedSize(tokens: tokens + count, bytesPerID: bytesPerID)
      + table.count + TokenShardFormat.entrySize
  }

  private func openShard() throws(FileError) {
    file = try AtomicFile(path: directory + "/" + TokenShardFormat.shardName(shards.count))
    block = TokenShardFormat.header(bytesPerID: bytesPerID, fingerprint: fingerprint)
    block.reserveCapacity(Self.blockSize + 8)
    table = []
    tokens = 0
    written = 0
    checksum = ShardChecksum()
  }

  /// Writes the whole 64-bit words of `block`, which the checksum takes in, and keeps the rest.
  private func flush() throws(FileError) {
    let rest = Array(block.suffix(block.count % 8))
    block.removeLast(rest.count)
    try write(block, checked: true)
    block.removeAll(keepingCapacity: true)
    block.append(contentsOf: rest)
  }

  private func write(_ bytes: [UInt8], checked: Bool) throws(FileError) {
    let result = bytes.withUnsafeBytes { buffer -> Result<Void, FileError> in
      if checked { checksum.update(buffer) }
      do throws(FileError) {
        try file?.write(buffer)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    written += bytes.count
  }

  private func closeShard() throws {
    block.append(contentsOf: repeatElement(0, count: (8 - block.count % 8) % 8))
    try flush()
    try write(table, checked: true)
    let documents = table.count / TokenShardFormat.entrySize
    try write(
      TokenShardFormat.bytes(UInt64(documents)) + TokenShardFormat.bytes(UInt64(tokens))
        + TokenShardFormat.bytes(checksum.value) + TokenShardFormat.footerMagic, checked: false)
    if let whole = file.take() { try whole.commit() }
    shards.append(
      TokenShardManifest.Shard(
        file: TokenShardFormat.shardName(shards.count), size: written, documents: documents,
        tokens: tokens))
    tokens = 0
  }
}
