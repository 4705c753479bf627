import ArgumentParser
import MLMTraining

/// Fine-tunes a pretrained model on labelled text.
struct FinetuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Fine-tune a pretrained model on labelled text.",
    discussion: """
      Lines are label, tab, text. The model is by default the only pretrained *.mlm directory beside \
      the file. The epoch that does best on the validation examples is kept. Ctrl-C finishes the step \
      and exits with 1: nothing is written, and the run cannot be resumed.

        mlm finetune reviews.tsv
        mlm finetune train.tsv --validation dev.tsv --model corpus.mlm --output reviews.mlm
        mlm finetune reviews.tsv --labels 500 --from-scratch --output baseline.mlm
      """)

  @Argument(help: ArgumentHelp("Labelled text; - is standard input.", valueName: "file"))
  var file: String

  @Option(
    help: ArgumentHelp(
      "The pretrained model (default: the only pretrained *.mlm directory beside the file).",
      valueName: "dir"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The model directory to write (default: the file's name with the ending .mlm).",
      valueName: "dir"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Labelled text to validate on (default: a tenth of the file).", valueName: "file"))
  var validation: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw this many examples of the file, stratified by label.", valueName: "n"))
  var labels: Int?

  @OptionGroup(title: "Training") var training: FineTuningArguments
  @OptionGroup(title: "Text") var format: LabelledOptions

  @Flag(help: "Refuse malformed UTF-8 instead of replacing it by U+FFFD.")
  var strict = false

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  @OptionGroup var seed: SeedOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var quiet: QuietOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    if let labels, labels < 2 {
      throw ValidationError("--labels: expected a number from 2, found \(labels)")
    }
    do {
      try options.validate()
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    // First: a file that is not there is a plainer mistake than a model that is not found beside it.
    for input in [file, validation] {
      if let input, input != "-" { _ = try FileSystem.size(input) }
    }
    let output = Paths.withoutTrailingSlash(
      self.output ?? Paths.output(for: file, fallback: "finetuned"))
    try Paths.requireNewDirectory(output, isReplaceable: overwrite)
    let modelPath =
      try model.map(Paths.withoutTrailingSlash)
      ?? PretrainedModels.only(beside: file, except: output)
    let directory = try RunDirectory(output, existing: overwrite ? .overwrite : .refuse)
    defer { directory.release() }
    StopSignals.watch()
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    progress.show(stage: "reading", share: nil)
    let examples = try LabelledExamples(
      training: file, validation: validation, format: labelledFormat, task: options.task,
      count: labels, seed: options.seed)
    let base = try ModelDirectory(
      contentsOf: modelPath, newHeadSeed: training.newHead ? options.seed : nil)
    let run = try FineTuningRun(
      base, on: examples.training, validation: examples.validation, options: options)
    examples.note(modelPath, run, options, progress)
    let speed = try FineTuningLoop(run, progress).train()
    let result = FineTuningResult(
      output: output, model: modelPath, run: run, examples: examples, options: options,
      tokensPerSecond: speed)
    progress.show(stage: "writing", share: nil)
    try directory.checkBeforeWriting()
    directory.removeLeftovers(keepingTokens: false)
    try run.best.write(to: output, card: result.card)
    directory.isDisposable = false
    progress.clear()
    try StandardOutput.shared.line(result.json.text)
  }

  private var labelledFormat: LabelledFormat {
    LabelledFormat(
      hasHeader: format.header, isPairs: format.pairs, strict: strict,
      allowsEmptyLabel: options.task == .multi)
  }

  private var options: FineTuningOptions {
    var options = FineTuningOptions()
    training.set(&options)
    options.seed = seed.seed ?? options.seed
    options.precision = precision.forTraining
    options.threadCount = threads.count
    return options
  }
}
