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
  /// Steps that see the whole corpus once.
  public var stepsPerEpoch: Int
  /// Entries of the vocabulary asked for; nil where the tokenizer was given.
  public var vocabularySize: Int?
  /// Tokens per step asked for.
  public var batchTokens: Int
  /// Sequences per step that make about as many tokens.
  public var sequencesPerStep: Int
  /// Tokens of the longest sequence.
  public var sequenceLength: Int
  /// The learning rate over the run.
  public var schedule: LearningRateSchedule
  /// AdamW's decoupled weight decay, on matrices.
  public var weightDecay: Float
  /// The longest gradient that is not shortened.
  public var gradientClip: Float
  /// Share of numbers dropped.
  public var dropout: Float
  /// Steps between snapshots; 0 for none.
  public var snapshotInterval: Int
  /// The seed of every random choice.
  public var seed: UInt64

  /// The steps that see the corpus so many times.
  func steps(ofEpochs epochs: Double) -> Int {
    max(1, Int((epochs * Double(stepsPerEpoch)).rounded()))
  }
}
