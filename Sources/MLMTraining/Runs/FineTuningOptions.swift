import MLM

/// How a model is fine-tuned on labels.
public struct FineTuningOptions: Sendable {
  /// Passes over the examples; chosen by their number if nil.
  public var epochs: Int?
  /// Examples per optimizer step.
  public var batchSize = 32
  /// Tokens read of each text, special ones included.
  public var maximumLength = 256
  /// The highest learning rate.
  public var learningRate: Float = 3e-4
  /// Share of the steps that warm up.
  public var warmup = 0.1
  /// AdamW's decoupled weight decay, on matrices.
  public var weightDecay: Float = 0.01
  /// Share of numbers dropped.
  public var dropout: Float = 0.1
  /// How the rows of a text become one.
  public var pooling = Pooling.mean
  /// What the labels are.
  public var task = ClassificationTask.single
  /// Whether to ignore the model's weights and start from random ones.
  public var startsFromScratch = false
  /// Whether the layer of class scores is drawn anew even where the model has one for as many classes.
  public var drawsNewHead = false
  /// The seed of every random choice.
  public var seed: UInt64 = 1
  /// Threads to compute on, which never change the result; all processors if nil.
  public var threadCount: Int?

  /// The longest gradient that is not shortened.
  static let gradientClip: Float = 1

  /// The defaults.
  public init() {}

  /// Few examples are read more often.
  func epochs(exampleCount: Int) -> Int {
    if let epochs { return epochs }
    switch exampleCount {
    case ..<1000: return 10
    case ..<5000: return 6
    default: return 4
    }
  }

  /// Checks the numbers.
  ///
  /// - Throws: ``TrainingError`` with code `badOptions`.
  public func validate() throws(TrainingError) {
    func require(_ holds: Bool, _ text: String) throws(TrainingError) {
      if !holds { throw TrainingError(.badOptions, text) }
    }
    // Far above any use; what they bound can be multiplied without overflow.
    let limit = 1 << 24
    try require(
      (1...limit).contains(epochs ?? 1),
      "epochs: expected a number from 1 to \(limit), found \(epochs ?? 0)")
    try require(
      (1...limit).contains(batchSize),
      "batch size: expected a number from 1 to \(limit), found \(batchSize)")
    try require(
      maximumLength >= 3, "maximum length: expected a number from 3, found \(maximumLength)")
    try require(
      threadCount ?? 1 >= 1, "threads: expected a number from 1, found \(threadCount ?? 0)")
    try require(
      learningRate > 0 && learningRate.isFinite,
      "learning rate: expected a positive number, found \(learningRate)")
    try require(
      warmup >= 0 && warmup < 1, "warmup: expected a share from 0 to below 1, found \(warmup)")
    try require(
      dropout >= 0 && dropout < 1, "dropout: expected a share from 0 to below 1, found \(dropout)")
    try require(
      weightDecay >= 0 && weightDecay.isFinite,
      "weight decay: expected a number from 0, found \(weightDecay)")
  }
}
