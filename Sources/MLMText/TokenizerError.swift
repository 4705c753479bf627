/// What is wrong with a tokenizer, its file or its input, and where.
public struct TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure that a caller may want to tell apart.
  public enum Code: String, Hashable, Sendable {
    /// The document is not what a tokenizer.json must be.
    case malformed
    /// The document names a component or a setting that this library does not have.
    case unsupported
    /// An identifier that the vocabulary does not hold.
    case unknownToken
    /// Settings that contradict each other or cannot be met.
    case invalidOptions
  }

  /// The kind of failure.
  public let code: Code
  /// The file, or the name that the caller gave to the document; empty where there is none.
  public let file: String
  /// The place in the document, for example `model.merges[3]` or `byte 17`; empty where there is
  /// none.
  public let place: String
  /// What was expected and what was found.
  public let reason: String

  /// Creates an error.
  public init(code: Code, file: String = "", place: String = "", reason: String) {
    self.code = code
    self.file = file
    self.place = place
    self.reason = reason
  }

  /// File, place and reason, separated by colons.
  public var description: String {
    [file, place, reason].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
