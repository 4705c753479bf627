import MLM
import MLMData
import MLMModel
import MLMNumerics

/// How well a classifier does on labelled texts.
public struct ClassificationEvaluation: Hashable, Sendable {
  /// How well one class is found.
  public struct Label: Hashable, Sendable {
    /// The name of the class.
    public let name: String
    /// Texts of this class; texts found to be; texts rightly found to be.
    public let wanted, found, right: Int

    /// Share of the texts found to be of this class that are.
    public var precision: Double { found == 0 ? 0 : Double(right) / Double(found) }
    /// Share of the texts of this class that are found to be.
    public var recall: Double { wanted == 0 ? 0 : Double(right) / Double(wanted) }
    /// Harmonic mean of precision and recall.
    public var f1: Double {
      found + wanted == 0 ? 0 : 2 * Double(right) / Double(found + wanted)
    }
  }

  /// What the labels are.
  public let task: ClassificationTask
  /// Number of texts.
  public let exampleCount: Int
  /// Texts longer than the model reads.
  public let truncatedCount: Int
  /// Share of the texts whose class (or whose whole set of classes) is right; 0 of a regression.
  public let accuracy: Double
  /// Mean of −ln p of the right class; mean binary cross-entropy; mean squared error.
  public let loss: Double
  /// The classes, in the order of the model's scores; empty of a regression.
  public let labels: [Label]
  /// Of a regression, the correlation of Pearson between the model's numbers and the right ones.
  public let correlation: Double?

  /// Mean of the classes' f1.
  public var macroF1: Double {
    labels.isEmpty ? 0 : labels.reduce(0) { $0 + $1.f1 } / Double(labels.count)
  }

  /// Whether this is a better result: more right, or as many with less loss.
  func isBetter(than other: ClassificationEvaluation) -> Bool {
    task == .regression
      ? loss < other.loss : (accuracy, -loss) > (other.accuracy, -other.loss)
  }

  /// Evaluates a model on a data set.
  ///
  /// - Parameters:
  ///   - model: A fine-tuned model.
  ///   - dataset: Texts with the model's labels.
  ///   - maximumLength: Tokens read of each text; the model's limit if nil.
  ///   - threadCount: Threads to compute on; all processors if nil.
  ///   - progress: Told now and then how many texts are done, and of how many.
  /// - Throws: ``MLMError`` where the model has no classes, `DataError` where a label is unknown.
  public init(
    of model: ModelDirectory, on dataset: LabelledDataset, maximumLength: Int? = nil,
    threadCount: Int? = nil, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    // Checks that the model is a classifier.
    _ = try TextClassifier(model, threadCount: 1)
    let limit = model.configuration.maximumLength
    let sequences = try LabelledSequences(
      dataset, task: model.description.task, labels: model.labels, model.tokenizer,
      maximumLength: min(limit, maximumLength ?? limit))
    self.init(
      of: model, on: sequences,
      threads: Threads(count: max(1, threadCount ?? Threads.defaultCount)), progress: progress)
  }

  init(
    of model: ModelDirectory, on examples: LabelledSequences, threads: Threads,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    let classifier = TextClassifier(model: model, maximumLength: nil, threads: threads)
    var predictions: [TextClassifier.Prediction] = []
    for block in Blocks.ranges(of: examples.texts.count) {
      predictions += classifier.predictions(for: Array(examples.texts[block]))
      progress(predictions.count, examples.texts.count)
    }
    task = examples.task
    exampleCount = examples.count
    truncatedCount = examples.truncatedCount
    var (wanted, found, right) = (
      [Int](repeating: 0, count: examples.labels.count),
      [Int](repeating: 0, count: examples.labels.count),
      [Int](repeating: 0, count: examples.labels.count)
    )
    var (allRight, loss) = (0, 0.0)
    for (place, prediction) in predictions.enumerated() {
      let target = examples.wanted(place)
      loss += Self.loss(prediction.scores, target, examples.task)
      var isRight = true
      for index in examples.labels.indices where examples.task != .regression {
        let (isWanted, isFound) = (target[index] == 1, prediction.places.contains(index))
        wanted[index] += isWanted ? 1 : 0
        found[index] += isFound ? 1 : 0
        right[index] += isWanted && isFound ? 1 : 0
        isRight = isRight && isWanted == isFound
      }
      allRight += isRight ? 1 : 0
    }
    let count = Double(max(1, predictions.count))
    self.loss = loss / count
    let isRegression = examples.task == .regression
    accuracy = isRegression ? 0 : Double(allRight) / count
    labels =
      isRegression
      ? []
      : examples.labels.indices.map {
        Label(
          name: examples.labels[$0], wanted: wanted[$0], found: found[$0], right: right[$0])
      }
    correlation =
      isRegression
      ? Self.correlation(
        predictions.map { Double($0.scores[0]) },
        predictions.indices.map { Double(examples.wanted($0)[0]) }) : nil
  }

  private static func loss(
    _ scores: [Float], _ target: [Float], _ task: ClassificationTask
  ) -> Double {
    // Probabilities are kept off zero by the smallest that a Float can hold.
    func negativeLogarithm(_ p: Float) -> Double {
      -logarithm(max(Double(p), Double(Float.leastNormalMagnitude)))
    }
    switch task {
    case .single:
      return zip(scores, target).first { $0.1 == 1 }.map { negativeLogarithm($0.0) } ?? 0
    case .multi:
      let sum = zip(scores, target).reduce(0.0) {
        $0 + negativeLogarithm($1.1 == 1 ? $1.0 : 1 - $1.0)
      }
      return sum / Double(max(1, scores.count))
    case .regression:
      let error = Double(scores[0]) - Double(target[0])
      return error * error
    }
  }

  private static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let count = Double(x.count)
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xy += (a - meanX) * (b - meanY)
      xx += (a - meanX) * (a - meanX)
      yy += (b - meanY) * (b - meanY)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }
}
