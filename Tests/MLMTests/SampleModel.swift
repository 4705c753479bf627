import MLM
import MLMNumerics

/// Small models with random weights, wide enough that different texts give different results.
enum SampleModel {
  static let sentences = [
    "The acting was very good and the story was better.",
    "A film that nobody needs, with a story that nobody tells.",
    "Night after night the old harbour lights went out.",
    "She sold the boat, the nets and the house by the sea.",
    "What a fine day: the rain has stopped and the road is dry.",
    "He counted the sheep twice and the dogs only once.",
    "Naïve readers like the café scene; others like the train.",
    "Seven trains left the station before the snow came.",
  ]

  private static let trained = Result {
    try train(vocabularySize: 300)
  }

  static var tokenizer: Tokenizer { get throws { try trained.get() } }

  static func train(vocabularySize: Int) throws -> Tokenizer {
    let trainer = try TokenizerTrainer(options: .init(vocabularySize: vocabularySize))
    for sentence in sentences { trainer.count(sentence) }
    return try trainer.train()
  }

  /// A model of two layers of width 16 that reads 32 tokens.
  static func directory(
    _ head: Head = .languageModel, attention: TransformerConfiguration.Attention = .bidirectional,
    task: ClassificationTask = .single, pooling: Pooling = .mean, labels: [String] = [],
    objective: String? = "mlm", sentencePooling: SentencePooling = SentencePooling()
  ) throws -> ModelDirectory {
    let tokenizer = try tokenizer
    var shape = TransformerConfiguration(
      vocabularySize: tokenizer.vocabularySize, layerCount: 2, width: 16, feedForwardWidth: 24,
      headCount: 2, maximumLength: 32, attention: attention)
    shape.paddingToken = tokenizer.paddingID
    let description = ModelDescription(
      transformer: shape,
      head: head, task: task, pooling: pooling, labels: labels, objective: objective)
    let parameters = Parameters(description.layout)
    fill(parameters)
    return ModelDirectory(
      tokenizer: tokenizer, description: description, parameters: parameters,
      sentencePooling: sentencePooling)
  }

  /// A classifier whose scores before softmax or sigmoid are the given numbers, whatever the text.
  static func constantClassifier(
    _ scores: [Float], labels: [String], task: ClassificationTask
  ) throws -> ModelDirectory {
    let model = try directory(
      .classification(classCount: labels.count), task: task, labels: labels)
    for (index, slot) in model.parameters.layout.slots.enumerated() {
      let values = model.parameters.values(index)
      if slot.name == "head.classifier.weight" { values.update(repeating: 0) }
      if slot.name == "head.classifier.bias" { _ = values.update(fromContentsOf: scores) }
    }
    return model
  }

  static func fill(_ parameters: Parameters) {
    let random = RandomStream(seed: 7, stream: 0)
    for (index, slot) in parameters.layout.slots.enumerated() {
      let center: Float = slot.name.hasSuffix("norm") ? 1 : 0
      for place in 0..<slot.count {
        let uniform = random.uniform(step: UInt64(index), position: UInt64(place))
        parameters.values(index)[place] = center + 0.4 * Float(2 * uniform - 1)
      }
    }
  }

  /// The rows of one text, from the transformer alone.
  static func rows(_ model: ModelDirectory, _ ids: [Int32]) -> [[Float]] {
    let activations = Activations(model.configuration, keeping: nil)
    model.transformer.forward(Batch([ids]), into: activations)
    let output = activations.output
    return (0..<ids.count).map { row in
      (0..<output.columns).map { output.pointer[row * output.stride + $0] }
    }
  }

  /// The scores over the vocabulary at some rows of one text.
  static func scores(_ model: ModelDirectory, _ ids: [Int32], rows: [Int32]) -> [[Float]] {
    let activations = Activations(model.configuration, keeping: nil)
    model.transformer.forward(Batch([ids]), into: activations)
    var results: [[Float]] = []
    LanguageModelHead(model.transformer).scores(atRows: rows, output: activations.output) {
      results.append(Array($1))
    }
    return results
  }
}
