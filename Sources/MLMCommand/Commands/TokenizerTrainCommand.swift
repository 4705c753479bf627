import ArgumentParser
import MLM
import MLMData
import MLMText

/// Trains a byte-level BPE tokenizer.
struct TokenizerTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a tokenizer on text files.",
    discussion: """
      Writes a tokenizer.json that Hugging Face tokenizers reads too.

        mlm tokenizer train corpus.txt --output tokenizer.json
        zcat corpus.gz | mlm tokenizer train - --output tokenizer.json --vocab-size 16384
      """)

  @Argument(help: ArgumentHelp("Text files; - is standard input.", valueName: "file"))
  var files: [String]

  @Option(help: ArgumentHelp("The tokenizer.json to write.", valueName: "file"))
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Entries of the vocabulary, special tokens included.", valueName: "n"))
  var vocabSize = 8192

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often a pair must occur to be merged.", valueName: "n"))
  var minFrequency = 2

  @Option(help: "Unicode normalization form.")
  var normalizer: Normalizer.Form = .nfkc

  @Flag(help: "Lowercase the text.")
  var lowercase = false

  @Flag(help: "Strip accents.")
  var stripAccents = false

  @Flag(help: "Refuse malformed UTF-8 instead of replacing it by U+FFFD.")
  var strict = false

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if minFrequency < 1 {
      throw ValidationError("--min-frequency: expected a number from 1, found \(minFrequency)")
    }
  }

  func run() throws {
    try Paths.requireNewFile(output, isReplaceable: overwrite)
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    let threadCount = threads.count
    var trainer = try BPETrainer(
      options: BPETrainer.Options(
        vocabularySize: vocabSize, minimumFrequency: minFrequency,
        normalizer: Normalizer(
          form: normalizer, lowercases: lowercase, stripsAccents: stripAccents)))
    var byteCount = 0
    var replacements: [(file: String, count: Int)] = []
    for file in files {
      progress.show(stage: "reading \(Paths.name(of: file))", share: nil)
      // A byte order mark stays: other trainers count it too.
      let reader = try LineReader(
        path: file, options: .init(strict: strict, dropsByteOrderMark: false))
      var block: [UInt8] = []
      while let line = try reader.next() {
        block += line
        // With its terminator, as Hugging Face's train(files) counts.
        if reader.isTerminated { block.append(UInt8(ascii: "\n")) }
        if block.count >= Self.blockSize { Self.count(&block, in: &trainer, threads: threadCount) }
      }
      Self.count(&block, in: &trainer, threads: threadCount)
      byteCount += reader.byteCount
      replacements.append((reader.name, reader.replacementCount))
    }
    guard byteCount > 0 else {
      throw CommandError(
        .badData, files.map(Paths.name).joined(separator: ", ") + ": expected text, found no bytes")
    }
    let tokenizer = try trainer.train { merges, total in
      progress.show(
        stage: "merging", share: Double(merges) / Double(max(1, total)))
    }
    try FileContents.write(tokenizer.json, to: output)
    progress.note(
      "\(output): \(Numbers.grouped(tokenizer.vocabularySize)) entries from "
        + Numbers.bytes(byteCount))
    progress.clear()
    for (file, count) in replacements { Warnings.replacements(count, in: file) }
  }

  /// Bytes that are counted together: enough to share among threads.
  private static let blockSize = 8 << 20

  private static func count(
    _ block: inout [UInt8], in trainer: inout BPETrainer, threads: Int
  ) {
    block.withUnsafeBufferPointer { trainer.count(lines: $0, threads: threads) }
    block.removeAll(keepingCapacity: true)
  }
}
