import ArgumentParser
import MLMTraining

/// Measures a model on text it has not seen.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model on labelled text, or a language model on text.",
    discussion: """
      A model fine-tuned on labels reads lines of label, tab, text. A language model reads text; which \
      tokens are masked is a function of the text, so any two models with one tokenizer are asked the \
      same.

        mlm evaluate --model reviews.mlm held-out.tsv
        mlm evaluate --model corpus.mlm held-out.txt --json
        mlm evaluate --model reviews.mlm held-out.tsv --min-accuracy 0.8 || echo "too low"
      """)

  @Argument(help: ArgumentHelp("Labelled text or text; - is standard input.", valueName: "file"))
  var file: String

  @OptionGroup var model: ModelOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Tokens read of each text; of a language model, of each sequence (default: the model's limit; 128).",
      valueName: "n"))
  var maxLength: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Exit with 2 where the accuracy is below this share.", valueName: "share"))
  var minAccuracy: Double?

  @OptionGroup var labelled: LabelledOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var quiet: QuietOption
  @OptionGroup var format: JSONOption

  func validate() throws {
    try LengthOption.validate(maxLength)
    if let minAccuracy, !(0...1).contains(minAccuracy) {
      throw ValidationError("--min-accuracy: expected a share from 0 to 1, found \(minAccuracy)")
    }
  }

  func run() throws {
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    let report = try model.load(precision) { model in
      try LengthOption.check(maxLength, model)
      if case .classification = model.head {
        return EvaluationReport(try evaluateClassifier(model, progress))
      }
      return EvaluationReport(try evaluateLanguageModel(model, progress))
    }
    progress.clear()
    let output = StandardOutput.shared
    try format.json ? output.line(report.json.text) : output.write(report.table)
    guard let minAccuracy else { return }
    guard let accuracy = report.accuracy else {
      throw CommandError(.usage, "--min-accuracy: a regression has no accuracy")
    }
    if accuracy < minAccuracy {
      throw CommandError(
        .gateNotReached, "accuracy: expected at least \(minAccuracy), found \(accuracy)")
    }
  }

  private func evaluateClassifier(
    _ model: ModelDirectory, _ progress: Progress
  ) throws -> ClassificationEvaluation {
    for (option, isGiven) in [
      ("--documents", text.documents != nil), ("--text-field", text.textField != nil),
    ] where isGiven {
      throw CommandError(
        .usage, "\(option): goes with a language model; found a model fine-tuned on labels")
    }
    let isSingle = model.task == .single
    let dataset = try LabelledDataset(
      contentsOf: file,
      format: LabelledFormat(
        hasHeader: labelled.header, isPairs: labelled.pairs, strict: text.strict,
        allowsEmptyLabel: model.task == .multi),
      labels: isSingle ? model.labels : nil, allowsOneLabel: true)
    Warnings.replacements(dataset.replacementCount, in: dataset.name)
    return try ClassificationEvaluation(
      of: model, on: dataset, maximumLength: maxLength, threadCount: threads.count
    ) { progress.show(done: $0, of: $1, "texts") }
  }

  private func evaluateLanguageModel(
    _ model: ModelDirectory, _ progress: Progress
  ) throws -> LanguageModelEvaluation {
    for (option, isGiven) in [("--header", labelled.header), ("--pairs", labelled.pairs)]
    where isGiven {
      throw CommandError(
        .usage, "\(option): goes with a model fine-tuned on labels; found a language model")
    }
    let evaluation = try LanguageModelEvaluation(
      of: model, on: [file], boundary: text.documents ?? .line, textField: text.textField,
      isStrict: text.strict, sequenceLength: maxLength ?? 128, threadCount: threads.count
    ) { progress.show(done: $0, of: $1, "sequences") }
    progress.clear()
    Warnings.replacements(evaluation.replacementCount, in: Paths.name(of: file))
    return evaluation
  }
}
