import ArgumentParser
import MLMNumerics
import MLMTraining

/// Pretrains a language model on text files.
struct PretrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain",
    abstract: "Train a tokenizer and a language model on text files.",
    discussion: """
      Writes a model directory that Hugging Face transformers opens. What is not given is chosen to \
      suit the text. The first Ctrl-C finishes the step, writes a snapshot and exits with 75; \
      --resume goes on from there, with the same result as a run that was never stopped.

        mlm pretrain corpus.txt
        mlm pretrain *.txt --output books.mlm --preset mini --budget 2h
        zcat corpus.jsonl.gz | mlm pretrain - --text-field text --output corpus.mlm
        mlm pretrain corpus.txt --resume
      """)

  @Argument(help: ArgumentHelp("Text files; - is standard input.", valueName: "file"))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "The model directory to write (default: the first file's name with the ending .mlm).",
      valueName: "dir"))
  var output: String?

  @OptionGroup(title: "Model") var shape: ShapeOptions
  @OptionGroup(title: "Training") var training: PretrainingArguments
  @OptionGroup(title: "Text") var text: TextOptions

  @Flag(help: "Go on from the newest whole snapshot, or start where there is no run yet.")
  var resume = false

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  @Flag(help: "Print at the end where the time of the steps went.")
  var profile = false

  @OptionGroup var seed: SeedOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var quiet: QuietOption
  @OptionGroup var format: JSONOption

  func validate() throws {
    if resume && overwrite {
      throw ValidationError("expected at most one of --resume and --overwrite")
    }
    try options.validateForCommand()
  }

  func run() throws {
    let output = Paths.withoutTrailingSlash(
      self.output ?? Paths.output(for: files[0], fallback: "corpus"))
    if !resume { try Paths.requireNewDirectory(output, isReplaceable: overwrite) }
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    let input = try SpooledInput(files, directory: FileSystem.parent(of: output))
    defer { input.remove() }
    if resume, let summary = try input.naming({ try finished(input.paths, output, progress) }) {
      progress.clear()
      return try StandardOutput.shared.line(summary.json.text)
    }
    StopSignals.watch()
    let run = try input.naming { try open(input.paths, output, progress) }
    PretrainingNotes(run, names: Dictionary(zip(input.paths, files)) { first, _ in first })
      .show(progress)
    try train(run, progress)
    progress.keep()
    progress.show(stage: "evaluating and writing", share: nil)
    let summary = try run.finish { summary in
      PretrainingCard(
        run, summary, files: files, startingModel: shape.startingModel
      ).text
    }
    progress.clear()
    try StandardOutput.shared.line(summary.json.text)
  }

  private func finished(
    _ paths: [String], _ output: String, _ progress: Progress
  ) throws -> PretrainingSummary? {
    try PretrainingRun.finishedSummary(output: output, options: options, files: paths) {
      progress.show(stage: $0.stage, share: $0.share)
    }
  }

  private func open(
    _ paths: [String], _ output: String, _ progress: Progress
  ) throws -> PretrainingRun {
    try PretrainingRun(
      files: paths, output: output, options: options,
      existing: resume ? .resume : overwrite ? .overwrite : .refuse
    ) {
      progress.show(stage: $0.stage, share: $0.share)
      if StopSignals.isStopRequested {
        throw CommandError(
          .stoppedEarly, "\(output): stopped before the first step; --resume starts again")
      }
    }
  }

  private func train(_ run: PretrainingRun, _ progress: Progress) throws {
    var (seconds, tokens) = (0.0, 0)
    let first = run.step
    if profile { Profile.shared.start() }
    defer {
      if profile && tokens > 0 {
        progress.clear()
        showProfile(
          Profile.shared.stop(), run.plan.precision, seconds: seconds, tokens: tokens)
      }
    }
    while true {
      if StopSignals.isStopRequested {
        try run.snapshot()
        throw CommandError(
          .stoppedEarly,
          "\(run.output): stopped after step \(run.step) of \(run.plan.stepCount); --resume goes on"
        )
      }
      if profile && run.step == first + 3 && run.step < run.plan.stepCount {
        // The first steps touch memory for the first time; no speed counts them.
        Profile.shared.start()
        (seconds, tokens) = (0, 0)
      }
      guard let report = try run.advance() else { return }
      progress.show(report)
      seconds += report.seconds
      tokens += report.tokenCount
      if run.isSnapshotDue { try run.snapshot() }
    }
  }

  private func showProfile(
    _ record: Profile.Record, _ precision: Precision, seconds: Double, tokens: Int
  ) {
    let report = ProfileReport(
      record: record, seconds: seconds, tokens: tokens, threads: threads.count,
      peak: ProductSpeed.measured(precision, on: Threads(count: threads.count)),
      peakMemory: System.peakMemory)
    // The last line of standard output is the summary's.
    StandardError.write(format.json ? report.json.text + "\n" : report.text)
  }

  private var options: PretrainingOptions {
    var options = PretrainingOptions()
    shape.set(&options)
    training.set(&options)
    options.boundary = text.documents
    options.textField = text.textField
    options.isStrict = text.strict
    options.precision = precision.requested
    options.seed = seed.seed
    options.threadCount = threads.count
    return options
  }
}
