import MLMData
import MLMNumerics

/// Everything that decides what a run computes, fixed before its first step and kept with it.
public struct PretrainingPlan: Hashable, Codable, Sendable {
  /// What is trained.
  public var objective: Objective
  /// The share of tokens masked.
  public var maskRate: MaskRate
  /// Share of a hybrid run's steps that predict next words.
  public var nextWordShare: Double
  /// Optimizer steps.
  public var stepCount: Int
  /// Seconds asked for, where the steps were fixed by them.
  public var budget: Double?
  /// Steps that see the whole corpus once.
  public var stepsPerEpoch: Int
  /// The model directory asked for to go on from; nil where the weights began as random numbers.
  public var startingModel: String?
  /// What a document is.
  public var boundary: DocumentBoundary
  /// The key of the text in files of JSON lines; nil where the files are text.
  public var textField: String?
  /// Entries of the vocabulary asked for; nil where the tokenizer was given.
  public var vocabularySize: Int?
  /// Tokens per step asked for.
  public var batchTokens: Int
  /// Sequences per step that make about as many tokens.
  public var sequencesPerStep: Int
  /// Tokens of the longest sequence.
  public var sequenceLength: Int
  /// What turns gradients into steps.
  public var optimizer: Optimizer
  /// The learning rate over the run.
  public var schedule: LearningRateSchedule
  /// Decoupled weight decay, on matrices.
  public var weightDecay: Float
  /// The longest gradient that is not shortened.
  public var gradientClip: Float
  /// Share of numbers dropped.
  public var dropout: Float
  /// The number format of the operands of matrix products.
  public var precision: Precision
  /// Steps between snapshots; 0 for none.
  public var snapshotInterval: Int
  /// The seed of every random choice.
  public var seed: UInt64

  /// The steps that see the corpus so many times.
  func steps(ofEpochs epochs: Double) -> Int {
    max(1, Int((epochs * Double(stepsPerEpoch)).rounded()))
  }

  /// What no run can follow in a plan that was read from a file; nil where there is nothing.
  var problem: String? {
    let limit = 1 << 30
    let numbers = [
      ("stepCount", stepCount, 1), ("stepsPerEpoch", stepsPerEpoch, 1),
      ("sequencesPerStep", sequencesPerStep, 1), ("sequenceLength", sequenceLength, 3),
      ("snapshotInterval", snapshotInterval, 0),
    ]
    for (name, value, low) in numbers where !(low...limit).contains(value) {
      return "\(name): expected a number from \(low) to \(limit), found \(value)"
    }
    let shares = [
      ("maskRate", maskRate.start), ("maskRate", maskRate.end), ("nextWordShare", nextWordShare),
      ("dropout", Double(dropout)), ("warmup", schedule.warmup),
    ]
    for (name, value) in shares where !(0..<1).contains(value) {
      return "\(name): expected a share from 0 to below 1, found \(value)"
    }
    return nil
  }
}

extension DocumentBoundary: Codable {}
