import MLMModel
import MLMNumerics
import MLMTraining

/// Labelled texts that are told apart by single words, and a model that has seen nothing.
enum ToyLabels {
  private static let words = [
    "neg": ["dull", "awful", "boring", "weak"], "neu": ["plain", "usual", "middling", "even"],
    "pos": ["fine", "bright", "lovely", "superb"],
  ]
  private static let frames = [
    "the film was", "we found the story", "her acting seemed", "my friend called the music",
  ]

  /// Texts of the given classes in turn.
  static func texts(_ count: Int, labels: [String] = ["neg", "neu", "pos"], seed: UInt64 = 1)
    -> LabelledDataset
  {
    let random = RandomStream(seed: seed, stream: 1)
    let examples = (0..<count).map { index in
      func pick(_ words: [String], _ place: UInt64) -> String {
        words[random.below(words.count, step: UInt64(index), position: place)]
      }
      let label = index % labels.count
      let text = "\(pick(frames, 0)) \(pick(words[labels[label]] ?? [], 1))"
      return LabelledText(label: label, text: Array(text.utf8), line: index + 1)
    }
    return LabelledDataset(name: "toy", labels: labels, examples: examples)
  }

  /// The word that tells the class of a text, and the class.
  static func relabelled(
    _ dataset: LabelledDataset, _ labels: [String], _ label: (LabelledText, Int) -> Int
  ) -> LabelledDataset {
    LabelledDataset(
      name: dataset.name, labels: labels,
      examples: dataset.examples.enumerated().map { index, example in
        var example = example
        example.label = label(example, index)
        return example
      })
  }

  private static let random = Result {
    let trainer = try TokenizerTrainer(options: .init(vocabularySize: 400))
    for example in texts(200).examples {
      trainer.count(String(decoding: example.text, as: UTF8.self))
    }
    let tokenizer = try trainer.train()
    let description = ModelDescription(
      transformer: TransformerConfiguration(
        vocabularySize: tokenizer.vocabularySize, layerCount: 1, width: 32, feedForwardWidth: 48,
        headCount: 2, maximumLength: 64),
      head: .languageModel, objective: "mlm")
    let parameters = Parameters(description.layout)
    parameters.initialize(seed: 11)
    return ModelDirectory(tokenizer: tokenizer, description: description, parameters: parameters)
  }

  static var model: ModelDirectory { get throws { try random.get() } }

  static func options(_ change: (inout FineTuningOptions) -> Void = { _ in })
    -> FineTuningOptions
  {
    var options = FineTuningOptions()
    options.epochs = 12
    options.batchSize = 16
    options.maximumLength = 40
    options.learningRate = 5e-3
    options.threadCount = 1
    change(&options)
    return options
  }

  /// Runs to the end with a validation after each epoch.
  static func train(
    _ training: LabelledDataset, _ validation: LabelledDataset,
    _ options: FineTuningOptions = options()
  ) throws -> (run: FineTuningRun, evaluations: [ClassificationEvaluation]) {
    let run = try FineTuningRun(
      try model, on: training, validation: validation, options: options)
    var evaluations: [ClassificationEvaluation] = []
    while try run.advance() != nil {
      if run.isEpochComplete { evaluations.append(try run.validate()) }
    }
    return (run, evaluations)
  }

  /// A classifier of the three classes that makes no mistake.
  static var classifier: ModelDirectory { get throws { try trained.get() } }

  private static let trained = Result {
    try train(texts(120), texts(60, seed: 2)).run.best
  }
}
