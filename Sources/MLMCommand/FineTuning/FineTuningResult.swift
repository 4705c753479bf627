import MLMNumerics
import MLMReporting
import MLMTraining

/// What a finished fine-tuning run says of itself.
struct FineTuningResult {
  let output: String
  let model: String
  let run: FineTuningRun
  let examples: LabelledExamples
  let options: FineTuningOptions
  let tokensPerSecond: Double?

  /// The line that ends the command.
  var json: JSON {
    var members: [(String, JSON)] = [
      ("output", .string(output)),
      ("objective", .string(options.task == .regression ? "regression" : "classification")),
      ("steps", .integer(run.stepCount)),
      ("tokens_per_second", JSON(tokensPerSecond)),
    ]
    if let best = run.bestEvaluation {
      if let correlation = best.correlation {
        members.append(("validation_correlation", .double(correlation)))
      } else {
        members.append(("validation_accuracy", .double(best.accuracy)))
        members.append(("validation_macro_f1", .double(best.macroF1)))
      }
      members.append(("validation_loss", .double(best.loss)))
    }
    members += [
      ("validation_examples", .integer(examples.validation.examples.count)),
      ("examples", .integer(examples.training.examples.count)),
      ("epochs", .integer(run.epochCount)),
      ("seed", .unsigned(options.seed)),
      ("precision", .string(options.precision.rawValue)),
    ]
    return .object(members)
  }

  /// The model card.
  var card: String {
    let best = run.best
    var card = ModelCard(
      name: ModelFacts.name(ofPath: output), kind: .classifier,
      summary: options.task == .regression
        ? "A model that gives texts a number, fine-tuned with mlm."
        : "A text classifier with the labels \(labels), fine-tuned with mlm.")
    card.tags = ["mlm", best.description.family.rawValue, "text-classification"]
    if !options.startsFromScratch { card.baseModel = ModelFacts.repositoryName(ofPath: model) }
    card.shape =
      ModelFacts.shape(best.configuration, parameterCount: best.parameterCount)
      + [.init("pooling", options.pooling.rawValue)]
    card.data = [
      .init("file", ModelFacts.name(ofPath: examples.training.name)),
      .init("training examples", Numbers.grouped(examples.training.examples.count)),
      .init("validation examples", Numbers.grouped(examples.validation.examples.count)),
      .init("tokens read of each text", "at most \(options.maximumLength)"),
    ]
    card.command = ModelFacts.commandLine
    card.origin =
      [
        .init(
          "started from",
          options.startsFromScratch ? "random weights" : ModelFacts.name(ofPath: model)),
        .init("epochs", "\(run.epochCount)"),
        .init("examples per step", "\(options.batchSize)"),
        .init("learning rate", Numbers.scientific(Double(options.learningRate))),
      ] + ModelFacts.origin(seed: options.seed, precision: options.precision)
    card.figures = figures
    card.limits =
      [
        "The epoch was chosen by the validation examples, so their figure is a little too good.",
        "Texts unlike the training examples may get any label, with high probability.",
      ] + ModelFacts.limitsOfReaders(best.configuration)
    return card.text
  }

  private var labels: String {
    let names = run.best.labels
    let shown = names.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > 20 ? shown + " and \(names.count - 20) more" : shown
  }

  private var figures: [ModelCard.Fact] {
    guard let best = run.bestEvaluation else { return [] }
    let count = "n = \(Numbers.grouped(best.exampleCount))"
    if let correlation = best.correlation {
      return [
        .init("validation correlation", "\(Numbers.fixed(correlation, 4)) (\(count))"),
        .init("validation mean squared error", Numbers.fixed(best.loss, 4)),
      ]
    }
    return [
      .init("validation accuracy", "\(Numbers.percent(best.accuracy)) (\(count))"),
      .init("validation macro F1", Numbers.fixed(best.macroF1, 4)),
    ]
  }
}
