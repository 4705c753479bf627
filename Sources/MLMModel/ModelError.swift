/// What is wrong with a configuration, a weights file or the fit between the two.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of error; callers map it to an exit code or a message of their own.
  public enum Code: Hashable, Sendable {
    /// A configuration whose numbers do not fit each other.
    case configuration
    /// An architecture, a data type or a setting that cannot be run.
    case unsupported
    /// A file that is not there.
    case missingFile
    /// A file that could not be read.
    case unreadable
    /// A file that is not what its name says: truncated, corrupt or inconsistent.
    case malformed
    /// A tensor that is missing, misshapen or unexpected.
    case mismatch
  }

  /// The kind of error.
  public let code: Code
  /// The file, field or tensor concerned.
  public let place: String
  /// What was expected and what was found.
  public let reason: String

  package init(_ code: Code, _ place: String, _ reason: String) {
    self.code = code
    self.place = place
    self.reason = reason
  }

  /// The place and the reason, on one line whatever the names in a file hold.
  public var description: String {
    let text = "\(place): \(reason)".unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
    }
    return String(text)
  }

  /// The same error with a file in front of its place.
  package func within(_ file: String) -> ModelError {
    ModelError(code, place.isEmpty ? file : "\(file): \(place)", reason)
  }
}
