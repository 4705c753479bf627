import MLM
import MLMData
import MLMNumerics
import MLMText

/// A corpus made ready for training: its tokenizer, its tokens on disk, and what is held out.
///
/// About one document in fifty is held out, chosen by the hash of its text, so that copies of a
/// document are on the same side and adding text moves none across. Of a lone document the tail is.
package struct PretrainingCorpus {
  /// What preparing a corpus is doing.
  enum Stage: String, Sendable {
    case reading
    case counting = "counting words"
    case tokenizerTraining = "training the tokenizer"
    case tokenizing
  }

  let source: TextSource
  let survey: CorpusSurvey
  let tokenizer: Tokenizer
  package let shards: TokenShards
  /// The documents held out, or the tail of a lone one, as UTF-8.
  package let heldOut: [[UInt8]]
  /// Names the text and the vocabulary: differs where either does.
  let checksum: String

  /// Bytes of the documents.
  var byteCount: Int { survey.byteCount }
  /// Names the text.
  var textDigest: String { survey.digestText }

  /// Where the tokens of a run are kept.
  static func directory(ofRun output: String) -> String { output + "/" + RunFiles.tokens }

  /// Bytes of text between two reports of progress, and encoded together.
  static let reportInterval = 4 << 20

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
    _ source: TextSource, _ survey: CorpusSurvey, tokenizer: Tokenizer, directory: String,
    threads: Threads,
    progress: (Int) throws -> Void
  ) throws {
    let fingerprint = TextDigest.hash(tokenizer.json)
    let attributes = Self.attributes(source, survey, tokenizer: String(fingerprint, radix: 16))
    let heldOutPath = directory + "/" + RunFiles.heldOut
    if !TokenShards.isComplete(
      directory: directory, fingerprint: fingerprint, attributes: attributes)
      || !FileSystem.exists(heldOutPath)
    {
      try Self.tokenize(
        source, survey, tokenizer, fingerprint, attributes, directory, heldOutPath, threads,
        progress)
    }
    self.source = source
    self.survey = survey
    self.tokenizer = tokenizer
    shards = try TokenShards(directory: directory, fingerprint: fingerprint)
    heldOut = try HeldOutFile.read(heldOutPath)
    checksum = String(
      TextDigest.hash(
        Array(
          "\(fingerprint) \(survey.digestText) \(shards.documentCount) \(shards.tokenCount)".utf8)),
      radix: 16)
  }

  /// What tells these tokens from others.
  private static func attributes(
    _ source: TextSource, _ survey: CorpusSurvey, tokenizer: String
  ) -> [String: String] {
    [
      "text": survey.digestText, "documents": source.boundary.rawValue,
      "text_field": source.textField ?? "", "tokenizer": tokenizer,
    ]
  }

  private static func tokenize(
    _ source: TextSource, _ survey: CorpusSurvey, _ tokenizer: Tokenizer, _ fingerprint: UInt64,
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
      let (training, kept) = survey.parts(of: document.bytes)
      if let kept { heldOut.append(Array(kept)) }
      guard let training else { continue }
      blockBytes += training.count
      block.append(Array(training))
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
