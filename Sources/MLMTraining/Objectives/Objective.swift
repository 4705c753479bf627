/// What a model is pretrained on.
public enum Objective: String, CaseIterable, Codable, Sendable {
  /// Next words first, then masked tokens, with the same weights (arXiv 2507.00994 finds this order
  /// the best use of a fixed budget).
  case hybrid
  /// Masked tokens: tell a token from what stands on both sides of it (BERT).
  case masked = "mlm"
  /// Next words: tell a token from what stands before it.
  case nextWord = "clm"

  /// What one step trains.
  package enum Phase: Hashable, Sendable {
    case nextWord
    case masked(rate: Double)
  }

  /// What is trained at a step.
  ///
  /// - Parameters:
  ///   - step: From 1 to `stepCount`.
  ///   - stepCount: Steps of the whole run.
  ///   - maskRate: Share of tokens masked, at the start and the end of the run.
  ///   - nextWordShare: Share of a hybrid run's steps that predict next words.
  package func phase(
    atStep step: Int, of stepCount: Int, maskRate: MaskRate, nextWordShare: Double
  ) -> Phase {
    let nextWordSteps = Int((Double(stepCount) * nextWordShare).rounded())
    switch self {
    case .nextWord: return .nextWord
    case .hybrid where step <= nextWordSteps: return .nextWord
    case .hybrid, .masked:
      let first = self == .hybrid ? nextWordSteps + 1 : 1
      let progress = stepCount > first ? Double(step - first) / Double(stepCount - first) : 0
      return .masked(rate: maskRate.start + (maskRate.end - maskRate.start) * progress)
    }
  }
}
