import ArgumentParser
import MLM
import MLMData
import MLMText

/// Trains a tokenizer.
struct TokenizerTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a tokenizer on text files.",
    discussion: """
      Writes a tokenizer.json that Hugging Face tokenizers reads too. Vocabulary and merges of bpe and \
      wordpiece are those that its trainers learn from the same files.

        mlm tokenizer train corpus.txt --output tokenizer.json
        mlm tokenizer train 'corpus/**/*.txt.gz' --output tokenizer.json --vocab-size 32000
        mlm tokenizer train web.jsonl --text-field text --output tokenizer.json --memory 2G
        mlm tokenizer train corpus/ --model wordpiece --output tokenizer.json
        mlm tokenizer train --counts 1.counts 2.counts --output tokenizer.json
      """)

  @OptionGroup var corpus: CorpusOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files of mlm tokenizer count, in any order.", valueName: "file"))
  var counts: [String] = []

  @Option(help: ArgumentHelp("The tokenizer.json to write.", valueName: "file"))
  var output: String

  @OptionGroup var words: WordOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Entries of the vocabulary, special tokens included.", valueName: "n"))
  var vocabSize = 8192

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often a pair must occur to be merged.", valueName: "n"))
  var minFrequency = 2

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The most characters of the alphabet; the frequent ones.", valueName: "n"))
  var limitAlphabet: Int?

  @Option(
    help: ArgumentHelp(
      "Characters of the alphabet, whether they occur or not.", valueName: "characters"))
  var initialAlphabet = ""

  @Option(
    help: ArgumentHelp("A special token after [PAD] to [MASK]; repeatable.", valueName: "token"))
  var specialToken: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Merged tokens stay below this many characters; unigram's have at most as many.",
      valueName: "n"))
  var maxTokenLength: Int?

  @Option(
    help: ArgumentHelp(
      "What tokens that go on in a word begin with (default: ## for wordpiece).",
      valueName: "text"))
  var continuingSubwordPrefix: String?

  @Option(help: ArgumentHelp("What tokens that end a word end with.", valueName: "text"))
  var endOfWordSuffix: String?

  @Option(
    help: ArgumentHelp(
      """
      Text that the summary's bytes per token are measured on; without it, a sample of the text is, \
      by a second vocabulary that is learned without it.
      """, valueName: "file"))
  var heldOut: String?

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if minFrequency < 1 {
      throw ValidationError("--min-frequency: expected a number from 1, found \(minFrequency)")
    }
    if let limitAlphabet, limitAlphabet < 1 {
      throw ValidationError("--limit-alphabet: expected a number from 1, found \(limitAlphabet)")
    }
    if let maxTokenLength, maxTokenLength < 1 {
      throw ValidationError(
        "--max-token-length: expected a number from 1, found \(maxTokenLength)")
    }
    if corpus.files.isEmpty && counts.isEmpty {
      throw ValidationError("expected text files or --counts, found neither")
    }
  }

  func run() throws {
    try Paths.requireNewFile(output, isReplaceable: overwrite)
    StopSignals.watch()
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    let countFiles = try InputFiles.expand(counts)
    let trainer = try TokenizerTrainer(options: options(countFiles))
    defer { trainer.removeTemporaryFiles() }
    trainer.limitMemory(
      to: corpus.memory?.bytes ?? .max, spillingTo: CorpusCount.spillFolder(besides: output))
    for file in countFiles { try trainer.addCounts(from: file) }
    var count = try CorpusCount(
      corpus, withholdsSample: heldOut == nil, threads: threads.count, progress: progress)
    try count.run(into: trainer)
    try count.requireText()
    let stage = words.model == .unigram ? "estimating" : "merging"
    progress.show(stage: stage, share: nil)
    let (tokenizer, withoutSample) = try trainer.trainWithSampleWithheld(threads: threads.count) {
      done, total in
      try StopSignals.check()
      progress.show(stage: stage, share: Double(done) / Double(max(1, total)))
    }
    guard trainer.summary.words > 0 else {
      throw CommandError(
        .badData,
        (countFiles + count.paths.map(Paths.name)).joined(separator: ", ")
          + ": expected words, found none")
    }
    try FileContents.write(tokenizer.json, to: output)
    let summary = TrainingSummary(
      output: output, steps: trainer.stepCount, isUnigram: words.model == .unigram,
      vocabularySize: tokenizer.vocabularySize, counts: trainer.summary,
      sample: try heldOutSample(count.sample, heldOut == nil ? withoutSample : tokenizer))
    for line in summary.lines { progress.note(line) }
    progress.clear()
    count.warn(trainer.summary)
    if tokenizer.vocabularySize > vocabSize {
      Warnings.largeAlphabet(tokenizer.vocabularySize, wanted: vocabSize)
    }
    if json { try StandardOutput.shared.line(summary.json.text) }
  }

  /// What to learn; the words as the counts files have them, unless options say how.
  private func options(_ countFiles: [String]) throws -> TrainingOptions {
    var options = words.options
    if let first = countFiles.first, !words.isGiven {
      options = try TokenizerTrainer.options(options, forCountsAt: first)
      let found = options.preTokenizer
      if (options.model == .bytePairs) != (found == .byteLevel) {
        throw CommandError(
          .usage,
          "\(first): expected words counted for --model \(words.model.rawValue), found those of the "
            + "pre-tokenizer \(found.rawValue); give the --model and --level of their counting")
      }
    }
    options.vocabularySize = vocabSize
    options.minimumFrequency = minFrequency
    options.alphabetLimit = limitAlphabet
    options.initialAlphabet = initialAlphabet
    options.additionalTokens = specialToken
    if options.model == .unigram {
      if let maxTokenLength { options.unigram.longestToken = maxTokenLength }
    } else {
      options.maximumTokenLength = maxTokenLength
    }
    if let continuingSubwordPrefix { options.continuingPrefix = continuingSubwordPrefix }
    if let endOfWordSuffix { options.wordSuffix = endOfWordSuffix }
    return options
  }

  /// Counts the tokens of held-out text: that of `--held-out`, or the sample that was withheld.
  private func heldOutSample(
    _ withheld: [[UInt8]], _ tokenizer: Tokenizer?
  ) throws -> TrainingSummary.Sample? {
    guard let tokenizer else { return nil }
    var sample = TrainingSummary.Sample(isWithheld: heldOut == nil)
    guard let heldOut else {
      for part in withheld { part.withUnsafeBufferPointer { sample.add($0, tokenizer) } }
      return sample.tokens > 0 ? sample : nil
    }
    if let textField = corpus.textField {
      let reader = DocumentReader(paths: [heldOut], textField: textField)
      while let text = try reader.next() {
        text.bytes.withUnsafeBufferPointer { sample.add($0, tokenizer) }
      }
    } else {
      let blocks = try TextBlocks(path: heldOut)
      while let block = try blocks.next() { sample.add(block, tokenizer) }
    }
    return sample.tokens > 0 ? sample : nil
  }
}
