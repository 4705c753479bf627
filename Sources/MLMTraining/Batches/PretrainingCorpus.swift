import MLM
import MLMData
import MLMNumerics
import MLMText

/// A corpus made ready for training: its tokenizer, its tokens on disk, and what is held out.
///
/// About one document in fifty is held out, chosen by the hash of its text, so that copies of a
/// document are on the same side and adding text moves none across.
package struct PretrainingCorpus {
  /// What preparing a corpus is doing.
  enum Stage: String, Sendable {
    case reading
    case counting = "counting words"
    case tokenizerTraining = "training the tokenizer"
    case tokenizing
  }

  let tokenizer: Tokenizer
  package let shards: TokenShards
  /// The documents held out, as UTF-8.
  package let heldOut: [[UInt8]]
  let byteCount: Int
  /// Malformed UTF-8 sequences that were replaced.
  let replacements: Int
  /// Documents of white space alone.
  let emptyDocumentCount: Int
  /// Names the text and the vocabulary: differs where either does.
  let checksum: String

  /// Where the tokens of a run are kept.
  static func directory(ofRun output: String) -> String { output + "/tokens" }

  /// How the text is read.
  struct Source {
    var files: [String]
    var boundary: DocumentBoundary
    var textField: String?
    var isStrict: Bool

    func reader() -> DocumentReader {
      DocumentReader(paths: files, boundary: boundary, textField: textField, strict: isStrict)
    }

    /// Bytes of the files.
    func byteCount() throws -> Int { try files.reduce(0) { $0 + (try FileSystem.size($1)) } }

    /// What tells these tokens from others.
    func attributes(_ survey: Survey, tokenizer: String) -> [String: String] {
      [
        "text": String(survey.digest, radix: 16), "documents": boundary.rawValue,
        "text_field": textField ?? "", "tokenizer": tokenizer,
      ]
    }
  }

  /// What a first look at the text finds.
  struct Survey {
    var byteCount = 0
    var documentCount = 0
    var replacements = 0
    var emptyDocumentCount = 0
    /// Hash of the documents in their order.
    var digest: UInt64 = 0
    /// Documents whose hash is below are held out.
    var heldOutLimit: UInt64 = 0

    func holdsOut(_ document: [UInt8]) -> Bool { TextDigest.hash(document) < heldOutLimit }
  }

  /// At most this much text is held out: enough for a loss that hardly moves between draws.
  private static let heldOutBytes = 256_000
  private static let heldOutShare = 0.02
  /// Bytes of text between two reports of progress, and encoded together.
  static let reportInterval = 4 << 20

  /// Reads the text once, to know its size and what to hold out.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - progress: Told the bytes read so far; what it throws ends the reading.
  static func survey(_ source: Source, progress: (Int) throws -> Void) throws -> Survey {
    let reader = source.reader()
    var survey = Survey()
    var smallest: [UInt64] = []
    var nextReport = reportInterval
    while let document = try reader.next() {
      if reader.counts.documentBytes > nextReport {
        try progress(reader.counts.bytes)
        nextReport += reportInterval
      }
      let hash = TextDigest.hash(document.bytes)
      survey.digest = TextDigest.mix(survey.digest ^ hash)
      if smallest.count < 2 || hash < smallest[1] {
        smallest = Array((smallest + [hash]).sorted().prefix(2))
      }
    }
    let counts = reader.counts
    survey.byteCount = counts.documentBytes
    survey.documentCount = counts.documents
    survey.replacements = counts.replacements
    survey.emptyDocumentCount = counts.emptyDocuments
    let share = min(heldOutShare, Double(heldOutBytes) / Double(max(1, counts.documentBytes)))
    survey.heldOutLimit = UInt64(share * 18_446_744_073_709_549_568)
    // Of few documents at least one is held out, and at least one is not.
    if smallest.count > 1, smallest[0] != smallest[1], smallest[0] >= survey.heldOutLimit {
      survey.heldOutLimit = smallest[1]
    }
    if smallest.count < 2 { survey.heldOutLimit = 0 }
    return survey
  }

  /// Tokenizes the text, or takes what an earlier process of the same run left whole.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - survey: What a first look found.
  ///   - tokenizer: The tokenizer.
  ///   - directory: Where to keep the tokens.
  ///   - threads: Threads to encode on.
  ///   - progress: Told the bytes tokenized so far; what it throws ends the work.
  init(
    _ source: Source, _ survey: Survey, tokenizer: Tokenizer, directory: String, threads: Threads,
    progress: (Int) throws -> Void
  ) throws {
    let fingerprint = TextDigest.hash(tokenizer.json)
    let attributes = source.attributes(survey, tokenizer: String(fingerprint, radix: 16))
    let heldOutPath = directory + "/held-out.jsonl"
    if !TokenShards.isComplete(
      directory: directory, fingerprint: fingerprint, attributes: attributes)
      || !FileSystem.exists(heldOutPath)
    {
      try Self.tokenize(
        source, survey, tokenizer, fingerprint, attributes, directory, heldOutPath, threads,
        progress)
    }
    self.tokenizer = tokenizer
    shards = try TokenShards(directory: directory, fingerprint: fingerprint)
    heldOut = try HeldOutFile.read(heldOutPath)
    byteCount = survey.byteCount
    replacements = survey.replacements
    emptyDocumentCount = survey.emptyDocumentCount
    checksum = String(
      TextDigest.hash(
        Array(
          "\(fingerprint) \(survey.digest) \(shards.documentCount) \(shards.tokenCount)".utf8)),
      radix: 16)
  }

  private static func tokenize(
    _ source: Source, _ survey: Survey, _ tokenizer: Tokenizer, _ fingerprint: UInt64,
    _ attributes: [String: String], _ directory: String, _ heldOutPath: String,
    _ threads: Threads, _ progress: (Int) throws -> Void
  ) throws {
    let writer = try TokenShardWriter(
      directory: directory, vocabularySize: tokenizer.vocabularySize, fingerprint: fingerprint,
      attributes: attributes)
    let reader = source.reader()
    var heldOut: [[UInt8]] = []
    var block: [[UInt8]] = []
    var blockBytes = 0
    func flush() throws {
      for (document, ids) in zip(block, encode(block, tokenizer, threads)) {
        try writer.append(ids, byteCount: document.count)
      }
      block.removeAll(keepingCapacity: true)
      blockBytes = 0
      try progress(reader.counts.bytes)
    }
    while let document = try reader.next() {
      if survey.holdsOut(document.bytes) {
        heldOut.append(document.bytes)
        continue
      }
      blockBytes += document.bytes.count
      block.append(document.bytes)
      if blockBytes > reportInterval { try flush() }
    }
    try flush()
    // Before the manifest, which tells that everything is there.
    try HeldOutFile.write(heldOut, to: heldOutPath)
    _ = try writer.finish()
  }

  private static func encode(
    _ documents: [[UInt8]], _ tokenizer: Tokenizer, _ threads: Threads
  ) -> [[Int32]] {
    let results = Slots<[Int32]>(count: documents.count, filler: [])
    threads.forEach(documents.count) { index, _ in
      var ids: [Int32] = []
      documents[index].withUnsafeBufferPointer { utf8 in
        tokenizer.encodeIDs(utf8: utf8, addingSpecialTokens: false, into: &ids)
      }
      results[index] = ids
    }
    return results.values
  }
}

/// Values that several threads set, one place each.
final class Slots<Value: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value>

  init(count: Int, filler: Value) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: filler)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  subscript(index: Int) -> Value {
    get { storage[index] }
    set { storage[index] = newValue }
  }

  var values: [Value] { Array(storage) }
}
