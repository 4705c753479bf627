import MLMData
import MLMText

/// Counts the words of the files a command was given.
struct CorpusCount {
  let corpus: CorpusOptions
  let paths: [String]
  let threads: Int
  let progress: Progress
  /// Whether a sample of the text is withheld, for a figure at the end.
  let withholdsSample: Bool
  /// That sample: the beginnings of blocks.
  private(set) var sample: [[UInt8]] = []
  /// Malformed sequences by file.
  private var replacements: [(file: String, count: Int)] = []
  private var sampleSize = 0
  private var byteCount = 0

  /// The most bytes of a block that are sampled, a tenth of small ones, and of all blocks together.
  private static let sampleShare = 32 << 10
  private static let sampleLimit = 512 << 10
  /// Bytes of JSON texts that are counted together.
  private static let batchSize = 4 << 20

  init(
    _ corpus: CorpusOptions, withholdsSample: Bool = false, threads: Int, progress: Progress
  ) throws {
    self.corpus = corpus
    self.withholdsSample = withholdsSample
    self.threads = threads
    self.progress = progress
    paths = try corpus.paths()
  }

  /// The folder for words that do not fit in memory: beside the output, if that is a file.
  static func spillFolder(besides output: String) -> String {
    let base = System.isStream(output) ? Paths.temporaryDirectory + "/mlm" : output
    return "\(base).words-\(System.processNumber)"
  }

  /// Counts all files.
  ///
  /// - Throws: what reading throws, and ``Stopped``.
  mutating func run(into trainer: TokenizerTrainer) throws {
    let total = InputFiles.totalSize(paths)
    var done = 0
    for path in paths {
      let stage = "counting words"
      progress.show(stage: stage, share: nil)
      let read: (Int) throws -> Void = { [progress] count in
        try StopSignals.check()
        try trainer.makeRoom()
        progress.show(
          stage: stage, share: total.map { Double(done + count) / Double(max($0, 1)) })
      }
      done +=
        corpus.textField == nil
        ? try countLines(of: path, into: trainer, read)
        : try countTexts(of: path, into: trainer, read)
    }
  }

  /// The files' names, for messages.
  private var names: String { paths.map(Paths.name).joined(separator: ", ") }

  /// Checks that the files have text.
  ///
  /// - Throws: ``CommandError`` with code `badData`.
  func requireText() throws {
    guard byteCount > 0 || paths.isEmpty else {
      throw CommandError(.badData, "\(names): expected text, found no bytes")
    }
  }

  /// Tells that the files have no text, where that is no mistake.
  func warnIfEmpty() {
    if byteCount == 0 { StandardError.warning("\(names): no text, so there is nothing to count") }
  }

  /// Tells what was odd about the text.
  func warn(_ summary: CountSummary) {
    for (file, count) in replacements { Warnings.replacements(count, in: file) }
    Warnings.implausibleWords(summary)
  }

  /// Counts lines with their terminators, as Hugging Face's `train(files)` does; returns how many
  /// bytes of the file were read.
  private mutating func countLines(
    of path: String, into trainer: TokenizerTrainer, _ read: (Int) throws -> Void
  ) throws -> Int {
    if path.hasSuffix(".jsonl") || path.contains(".jsonl.") {
      StandardError.warning("\(path): read as plain text; --text-field takes the text out of JSON")
    }
    let blocks = try TextBlocks(path: path, strict: corpus.strict)
    var malformed = 0
    while let block = try blocks.next() {
      malformed += trainer.count(lines: block, threads: threads)
      takeSample(of: block) { trainer.withhold(lines: $0) }
      byteCount += block.count
      try read(blocks.readCount)
    }
    replacements.append((blocks.name, malformed))
    return blocks.readCount
  }

  /// Counts the texts of JSON lines.
  private mutating func countTexts(
    of path: String, into trainer: TokenizerTrainer, _ read: (Int) throws -> Void
  ) throws -> Int {
    let reader = DocumentReader(
      paths: [path], textField: corpus.textField, strict: corpus.strict)
    var block: [UInt8] = []
    var texts: [Range<Int>] = []
    func flush() throws {
      block.withUnsafeBufferPointer { block in
        let texts = texts.map { UnsafeBufferPointer(rebasing: block[$0]) }
        trainer.count(batch: texts, threads: threads)
        if let first = texts.first { takeSample(of: first) { trainer.withhold(utf8: $0) } }
      }
      block.removeAll(keepingCapacity: true)
      texts.removeAll(keepingCapacity: true)
      try read(reader.readCount)
    }
    while let document = try reader.next() {
      texts.append(block.count..<block.count + document.bytes.count)
      block += document.bytes
      byteCount += document.bytes.count
      if block.count >= Self.batchSize { try flush() }
    }
    try flush()
    replacements.append((Paths.name(of: path), reader.counts.replacements))
    return reader.readCount
  }

  private mutating func takeSample(
    of text: UnsafeBufferPointer<UInt8>, _ withhold: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard withholdsSample, sampleSize < Self.sampleLimit else { return }
    var end = min(Self.sampleShare, text.count / 10)
    if let lastLine = text[..<end].lastIndex(of: UInt8(ascii: "\n")) {
      end = lastLine + 1
    } else {
      // Not within a character.
      while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    }
    let part = UnsafeBufferPointer(rebasing: text[..<end])
    withhold(part)
    sample.append(Array(part))
    sampleSize += end
  }
}
