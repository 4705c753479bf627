/// What one optimizer step did.
public struct StepReport: Hashable, Sendable {
  /// The step, from 1.
  public let step: Int
  /// Steps of the whole run.
  public let stepCount: Int
  /// Mean cross-entropy of the predicted tokens or texts, in nats.
  public let loss: Double
  /// Length of the gradient before clipping.
  public let gradientNorm: Double
  /// The learning rate of the step.
  public let learningRate: Float
  /// Tokens that entered the model, special ones included.
  public let tokenCount: Int
  /// Seconds from fetching the batch to the end of the optimizer.
  public let seconds: Double

  package init(
    step: Int, stepCount: Int, loss: Double, gradientNorm: Double, learningRate: Float,
    tokenCount: Int, seconds: Double
  ) {
    self.step = step
    self.stepCount = stepCount
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.learningRate = learningRate
    self.tokenCount = tokenCount
    self.seconds = seconds
  }

  /// Tokens per second of this step.
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokenCount) / seconds : 0 }
}
