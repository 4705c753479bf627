import MLMNumerics

/// What a finished run says of itself.
public struct PretrainingSummary: Hashable, Sendable {
  /// The output directory.
  public let output: String
  /// What was trained.
  public let objective: Objective
  /// Steps done.
  public let stepCount: Int
  /// Tokens per step over the median time of a step; nil for runs of fewer than four steps.
  public let tokensPerSecond: Double?
  /// The number format of the operands of matrix products.
  public let precision: Precision
  /// Mean cross-entropy on held-out text, in nats; nil where nothing is held out.
  public let heldOutLoss: Double?

  init(output: String, _ state: TrainerState) {
    self.output = output
    objective = state.plan.objective
    stepCount = state.step
    precision = state.plan.precision
    tokensPerSecond = state.tokensPerSecond
    heldOutLoss = state.heldOutLoss
  }
}
