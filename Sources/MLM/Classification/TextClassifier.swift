import MLMModel
import MLMNumerics
import MLMText

/// Tells the class of texts with a fine-tuned model.
public struct TextClassifier: Sendable {
  /// What a text was found to be.
  public struct Prediction: Hashable, Sendable {
    /// The likeliest class; of a regression, the name of its number.
    public let label: String
    /// The classes it belongs to: the likeliest one, or all of at least 1/2 where a text may belong to
    /// any number of them.
    public let labels: [String]
    /// The places of `labels` in the order of the scores.
    package let places: [Int]
    /// In the order of ``TextClassifier/labels``; of a regression, its number.
    public let scores: [Float]
    /// Whether the text was longer than the model reads.
    public let isTruncated: Bool
  }

  /// Names of the classes.
  public let labels: [String]
  /// What the scores mean.
  public var task: ClassificationTask { model.description.task }
  private let model: ModelDirectory
  private let maximumLength: Int
  private let pass: SequencePass

  /// Creates a classifier.
  ///
  /// - Parameters:
  ///   - model: A model that was fine-tuned on labels.
  ///   - maximumLength: Tokens read of each text; the model's limit if nil.
  ///   - threadCount: Threads to compute on; all processors if nil.
  /// - Throws: ``MLMError`` with code `wrongModel` where the model has no classes.
  public init(
    _ model: ModelDirectory, maximumLength: Int? = nil, threadCount: Int? = nil
  ) throws(MLMError) {
    guard case .classification = model.head else {
      throw MLMError(
        .wrongModel, "expected a model fine-tuned on labels, found one without classes")
    }
    self.init(
      model: model, maximumLength: maximumLength,
      threads: Threads(count: max(1, threadCount ?? Threads.defaultCount)))
  }

  /// Creates a classifier that computes on threads it shares.
  package init(model: ModelDirectory, maximumLength: Int?, threads: Threads) {
    self.model = model
    labels = model.labels
    let limit = model.configuration.maximumLength
    self.maximumLength = max(
      2, min(limit, maximumLength ?? model.sentencePooling.maximumLength ?? limit))
    pass = SequencePass(model.transformer, threads: threads)
  }

  /// The class of one text.
  public func predict(_ text: String) -> Prediction {
    predictions(for: CollectionOfOne(text))[0]
  }

  /// The classes of texts, in the order given.
  public func predictions(for texts: some Collection<String>) -> [Prediction] {
    predictions(
      for: texts.map { TokenizedText($0, model.tokenizer, maximumLength: maximumLength) })
  }

  /// The classes of pairs of texts, in the order given.
  public func predictions(for pairs: some Collection<(String, String)>) -> [Prediction] {
    predictions(
      for: pairs.map {
        TokenizedText($0.0, $0.1, model.tokenizer, maximumLength: maximumLength)
      })
  }

  package func predictions(for texts: [TokenizedText]) -> [Prediction] {
    let count = labels.count
    let results = FloatBuffer(count: max(1, texts.count * count))
    let transformer = pass.transformer
    let (pooling, task) = (model.description.pooling, task)
    let heads = (0..<pass.threads.count).map { _ in
      UncheckedSendable(ClassificationHead(transformer, pooling: pooling))
    }
    pass.run(texts.map(\.ids), types: texts.map(\.types)) { piece, rows, worker in
      let scores = heads[worker].value.predictions(
        piece.batch, output: rows, task: task)
      for (row, index) in piece.indices.enumerated() {
        (results.pointer + index * count).update(
          from: scores.pointer + row * scores.stride, count: count)
      }
    }
    return texts.enumerated().map { index, text in
      let scores = Array(
        UnsafeBufferPointer(start: results.pointer + index * count, count: count))
      var best = 0
      for place in scores.indices where scores[place] > scores[best] { best = place }
      let chosen =
        task == .multi
        ? labels.indices.filter { scores[$0] >= 0.5 } : [best]
      return Prediction(
        label: labels[best], labels: chosen.map { labels[$0] }, places: chosen, scores: scores,
        isTruncated: text.isTruncated)
    }
  }
}
