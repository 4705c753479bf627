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
}
