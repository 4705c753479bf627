/// What keeps a model from doing what it is asked to.
public struct MLMError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Hashable, Sendable {
    /// The model was not trained for this.
    case wrongModel
    /// The text cannot be used.
    case badText
    /// An option does not fit the model.
    case badOption
    /// What was computed holds a number that is infinite or none.
    case notFinite
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
