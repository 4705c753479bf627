import MLM
import MLMData
import MLMNumerics

/// How a model is pretrained.
///
/// What is nil is chosen by the text, the shape and other options, as each of them says.
public struct PretrainingOptions: Sendable {
  /// A tokenizer to use; one is trained on the text if nil.
  public var tokenizerPath: String?
  /// Entries of the vocabulary that is trained, special tokens included.
  ///
  /// If nil, 1,024 for less than 100 kB of text, 4,096 for less than 1 MB and 8,192 for more.
  public var vocabularySize: Int?
  /// The shape of the model.
  ///
  /// If nil, nano for less than 1 MB of text, tiny for less than 20 MB and mini for more.
  public var preset: Preset?
  /// Layers, width and heads; the preset's if nil.
  public var layerCount, width, headCount: Int?
  /// A model directory to go on from; random weights if nil.
  public var startingModel: String?
  /// What is trained; hybrid if nil.
  public var objective: Objective?
  /// Share of a hybrid run's steps that predict next words; 0.25 if nil.
  public var nextWordShare: Double?
  /// The share of tokens masked; falling from 30 % to 15 % if nil.
  public var maskRate: Double?
  /// Optimizer steps.
  ///
  /// If this, the epochs and the budget are nil, as many as show the model twenty
  /// tokens a parameter, but from one to ten passes over the text.
  public var stepCount: Int?
  /// Passes over the text, instead of steps.
  public var epochs: Double?
  /// Seconds from opening the run to its last step, instead of steps: the speed is measured on
  /// twenty steps, and then their number fixed.
  public var budget: Double?
  /// Tokens per optimizer step, on average; a 64th of the text's, from 1,024 to 8,192, if nil.
  public var batchTokens: Int?
  /// Tokens of the longest sequence trained on; 128, or the maximum length if that is less, if nil.
  public var sequenceLength: Int?
  /// The longest sequence the model will accept, in tokens; 512 if nil.
  public var maximumLength: Int?
  /// What turns gradients into steps; AdamW if nil.
  public var optimizer: Optimizer?
  /// The highest learning rate; 0.002 if nil.
  public var learningRate: Float?
  /// Share of the steps that warm up; 0.06 if nil.
  public var warmup: Double?
  /// Decoupled weight decay, on matrices; 0.05 if nil.
  public var weightDecay: Float?
  /// Share of numbers dropped.
  ///
  /// If nil, 0.1 where the text is read more than twice, else 0.
  public var dropout: Float?
  /// The number format of the operands of matrix products; the fastest here if nil.
  public var precision: Precision?
  /// What a document is; a line if nil.
  public var boundary: DocumentBoundary?
  /// The key of the text in files of JSON lines; the files are text if nil.
  public var textField: String?
  /// Steps between snapshots, 0 for none; a tenth of all, at least 20, if nil.
  public var snapshotInterval: Int?
  /// Whether malformed UTF-8 ends the run; by default it is replaced by U+FFFD and counted.
  public var isStrict = false
  /// The seed of every random choice; 1 if nil.
  public var seed: UInt64?
  /// Threads to compute on, which never change the result; all processors, at most 64, if nil.
  public var threadCount: Int?

  /// Options that leave every choice open.
  public init() {}
}

extension PretrainingOptions {
  /// Checks what can be checked without the corpus.
  ///
  /// - Throws: ``TrainingError`` with code `badOptions`.
  public func validate() throws(TrainingError) {
    func require(_ holds: Bool, _ text: String) throws(TrainingError) {
      if !holds { throw TrainingError(.badOptions, text) }
    }
    // Far above any use; what they bound can be multiplied without overflow.
    let limit = 1 << 30
    func positive(_ value: Int?, _ name: String, from low: Int = 1) throws(TrainingError) {
      if let value {
        try require(
          (low...limit).contains(value),
          "\(name): expected a number from \(low) to \(limit), found \(value)")
      }
    }
    func share(_ value: Double?, _ name: String) throws(TrainingError) {
      if let value {
        try require(
          value >= 0 && value < 1, "\(name): expected a share from 0 to below 1, found \(value)")
      }
    }
    try positive(threadCount, "threads")
    try positive(stepCount, "steps")
    try positive(batchTokens, "batch tokens")
    try positive(sequenceLength, "sequence length", from: 8)
    try positive(maximumLength, "maximum length", from: 8)
    try positive(layerCount, "layers")
    try positive(width, "width")
    try positive(headCount, "heads")
    try positive(vocabularySize, "vocabulary size", from: 261)
    try positive(snapshotInterval, "snapshot interval", from: 0)
    try share(warmup, "warmup")
    try share(nextWordShare, "next-word share")
    try share(dropout.map(Double.init), "dropout")
    if let maskRate {
      try require(
        maskRate > 0 && maskRate < 1,
        "mask rate: expected a share between 0 and 1, found \(maskRate)")
    }
    if let epochs {
      try require(
        epochs > 0 && epochs <= 1e6,
        "epochs: expected a positive number up to a million, found \(epochs)")
    }
    if let budget {
      try require(
        budget > 0 && budget <= 1e9,
        "budget: expected a positive time up to a thousand million seconds, found \(budget)")
    }
    if let learningRate {
      try require(
        learningRate > 0 && learningRate.isFinite,
        "learning rate: expected a positive number, found \(learningRate)")
    }
    if let weightDecay {
      try require(
        weightDecay >= 0 && weightDecay.isFinite,
        "weight decay: expected a number from 0, found \(weightDecay)")
    }
    try require(
      [stepCount != nil, epochs != nil, budget != nil].filter { $0 }.count <= 1,
      "expected at most one of steps, epochs and budget")
    try require(
      tokenizerPath == nil || vocabularySize == nil,
      "expected a tokenizer or a vocabulary size, found both")
    try require(
      startingModel == nil
        || (preset == nil && layerCount == nil && width == nil && headCount == nil
          && tokenizerPath == nil && vocabularySize == nil),
      "a model to go on from has its own shape and tokenizer; found options for them")
    if let sequenceLength, startingModel == nil {
      try check(sequenceLength, fits: maximumLength ?? PretrainingDefaults.maximumLength)
    }
  }

  /// Checks that a model accepts the sequences.
  ///
  /// - Throws: ``TrainingError`` with code `badOptions`.
  func check(_ sequenceLength: Int, fits longest: Int) throws(TrainingError) {
    if sequenceLength > longest {
      throw TrainingError(
        .badOptions,
        "sequence length: expected at most the maximum length \(longest), found \(sequenceLength)")
    }
  }
}
