/// What ends a run.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Hashable, Sendable {
    /// The loss or a gradient stopped being a number.
    case diverged
    /// Less text than one sequence.
    case corpusTooSmall
    /// Options that do not fit each other, the model or the stored run.
    case badOptions
    /// A stored run that cannot be read.
    case badSnapshot
    /// Another process works on the same output.
    case locked
  }

  /// The kind of error.
  public let code: Code
  /// What was expected and what was found.
  public let description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// A loss, or else a gradient, that stopped being a number at `place`.
  static func diverged<Loss: BinaryFloatingPoint>(
    _ place: String, loss: Loss, advice: String
  ) -> TrainingError {
    let found =
      if loss.isFinite { "a weight or a gradient is not a number" } else if loss.isNaN {
        "the loss is nan"
      } else { "the loss is infinite" }
    return TrainingError(.diverged, "\(place): \(found); \(advice) may help")
  }
}
