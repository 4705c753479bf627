import ArgumentParser
import MLMData
import MLMText

/// Counts words, for training elsewhere.
struct TokenizerCountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the words of text files for train --counts.",
    discussion: """
      Counting is what takes long with large corpora, and it can be shared among machines. Parts may \
      be counted anywhere and merged in any order: the vocabulary is that of the whole text. All parts \
      need the same --model, --level, --normalizer and --pre-tokenizer; train --counts refuses others.

        mlm tokenizer count part-1.txt.gz --output 1.counts
        mlm tokenizer count part-2.txt.gz --output 2.counts
        mlm tokenizer train --counts 1.counts 2.counts --output tokenizer.json

      As a Slurm array:

        #SBATCH --array=1-100
        mlm tokenizer count corpus/$SLURM_ARRAY_TASK_ID.txt.zst --output $SLURM_ARRAY_TASK_ID.counts

      In PySpark, where each part of a data set goes through a pipe and comes back as one line:

        count = "mlm tokenizer count - --output /dev/stdout --quiet | base64 -w0"
        parts = lines.pipe(f"bash -o pipefail -c '{count}'", checkCode=True).toLocalIterator()
        for i, part in enumerate(parts):
            open(f"{i}.counts", "wb").write(base64.b64decode(part))

      Lines are texts, with their terminators; with --text-field, the texts are. A part without text is \
      counted with a warning.
      """)

  @OptionGroup var corpus: CorpusOptions

  @Option(help: ArgumentHelp("The counts file to write.", valueName: "file"))
  var output: String

  @OptionGroup var words: WordOptions

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  @Flag(help: "Print a summary as JSON.")
  var json = false

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if corpus.files.isEmpty { throw ValidationError("expected text files, found none") }
  }

  func run() throws {
    try Paths.requireNewFile(output, isReplaceable: overwrite)
    StopSignals.watch()
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    let trainer = try TokenizerTrainer(options: words.options)
    defer { trainer.removeTemporaryFiles() }
    trainer.limitMemory(
      to: corpus.memory?.bytes ?? .max, spillingTo: CorpusCount.spillFolder(besides: output))
    var count = try CorpusCount(corpus, threads: threads.count, progress: progress)
    try count.run(into: trainer)
    progress.show(stage: "writing", share: nil)
    try trainer.writeCounts(to: output)
    let summary = trainer.summary
    progress.note(
      "\(output): \(Numbers.grouped(summary.words)) words, "
        + "\(Numbers.grouped(summary.distinctWords)) different ones, from "
        + Numbers.bytes(summary.textBytes))
    progress.clear()
    count.warn(summary)
    count.warnIfEmpty()
    if json {
      try StandardOutput.shared.line(
        JSON.object([
          ("output", .string(output)), ("text_bytes", .integer(summary.textBytes)),
          ("words", .integer(summary.words)), ("distinct_words", .integer(summary.distinctWords)),
          ("longest_word", .integer(summary.longestWord)),
        ]).text)
    }
  }
}
