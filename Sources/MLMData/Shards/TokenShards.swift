import MLMText

/// A corpus of token ids on disk, read a document at a time.
///
/// Opening reads every shard once to check it and keeps 8 bytes a document in memory; ids stay on
/// disk, where the system's page cache holds what fits. Documents may be read from several threads.
package final class TokenShards: Sendable {
  /// What the folder holds, and the attributes its writer noted.
  package let manifest: TokenShardManifest
  private let shards: [TokenShardFile]
  /// The number of the first document of each shard.
  private let firstDocuments: [Int]

  /// Whether the folder holds whole shards of this vocabulary and text.
  ///
  /// - Parameters:
  ///   - fingerprint: the vocabulary.
  ///   - attributes: what the writer was given.
  package static func isComplete(
    directory: String, fingerprint: UInt64, attributes: [String: String]
  ) -> Bool {
    guard let manifest = try? TokenShardManifest(directory: directory) else { return false }
    return manifest.fingerprint == TokenShardManifest.hexadecimal(fingerprint)
      && manifest.attributes == attributes
  }

  /// Opens and checks the shards of a folder.
  ///
  /// - Parameters:
  ///   - directory: the folder.
  ///   - fingerprint: the vocabulary that the ids must belong to; nil if any will do.
  /// - Throws: `FileError` if the manifest or a shard is missing; `DataError` if a shard is
  ///   truncated or damaged, or the vocabulary another one.
  package init(directory: String, fingerprint: UInt64?) throws {
    let manifest = try TokenShardManifest(directory: directory)
    if let fingerprint, manifest.fingerprint != TokenShardManifest.hexadecimal(fingerprint) {
      throw DataError(
        .mismatch, file: TokenShardManifest.path(in: directory),
        expected: "ids of vocabulary \(TokenShardManifest.hexadecimal(fingerprint))",
        found: "those of \(manifest.fingerprint)")
    }
    self.manifest = manifest
    shards = try manifest.shards.map {
      try TokenShardFile(
        path: directory + "/" + $0.file, entry: $0, fingerprint: manifest.fingerprint,
        bytesPerID: manifest.bytesPerID)
    }
    var firsts: [Int] = []
    var next = 0
    for shard in manifest.shards {
      firsts.append(next)
      next += shard.documents
    }
    firstDocuments = firsts
  }

  /// The number of documents.
  package var documentCount: Int { manifest.documents }
  /// The number of token ids.
  package var tokenCount: Int { manifest.tokens }
  /// The UTF-8 bytes of all documents.
  package var byteCount: Int { manifest.bytes }

  /// The number of token ids of a document, which counts from 0.
  package func tokenCount(ofDocument document: Int) -> Int {
    let (shard, index) = locate(document)
    return shard.tokens(of: index).count
  }

  /// The UTF-8 bytes of a document.
  package func byteCount(ofDocument document: Int) -> Int {
    let (shard, index) = locate(document)
    return Int(shard.byteCounts[index])
  }

  /// The token ids of a document.
  ///
  /// - Throws: `FileError` if reading fails, `DataError` if the file has shrunk since.
  package func ids(ofDocument document: Int) throws -> [Int32] {
    var ids: [Int32] = []
    try appendIDs(ofDocument: document, to: &ids)
    return ids
  }

  /// Appends the token ids of a document, or a range of them, to `ids`.
  ///
  /// - Parameters:
  ///   - document: its number, from 0.
  ///   - range: positions inside the document; what lies beyond its end is left out.
  ///   - ids: what they are appended to.
  /// - Throws: `FileError` if reading fails, `DataError` if the file has shrunk since.
  package func appendIDs(
    ofDocument document: Int, range: Range<Int>? = nil, to ids: inout [Int32]
  ) throws {
    let (shard, index) = locate(document)
    var tokens = shard.tokens(of: index)
    if let range {
      let part = range.clamped(to: 0..<tokens.count)
      tokens = tokens.lowerBound + part.lowerBound..<tokens.lowerBound + part.upperBound
    }
    try shard.appendIDs(tokens, to: &ids)
  }

  /// The shard of a document and its position there, by bisection.
  private func locate(_ document: Int) -> (TokenShardFile, Int) {
    precondition(document >= 0 && document < documentCount, "no document \(document)")
    var low = 0
    var high = firstDocuments.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if firstDocuments[middle] <= document { low = middle } else { high = middle }
    }
    return (shards[low], document - firstDocuments[low])
  }
}
