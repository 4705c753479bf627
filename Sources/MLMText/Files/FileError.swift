/// What went wrong with a file, and which file it was.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure that a caller may want to tell apart.
  public enum Code: String, Hashable, Sendable {
    /// There is no such file.
    case missing
    /// A directory lies where a file was meant.
    case isDirectory
    /// The file is there but cannot be read.
    case unreadable
    /// Something is there already that must not be replaced.
    case exists
    /// The file cannot be made: its directory is missing or closed to us.
    case cannotCreate
    /// The device has no room left.
    case diskFull
    /// Writing failed for another reason.
    case writeFailed
  }

  /// The kind of failure.
  public let code: Code
  /// The path as the caller gave it.
  public let path: String
  /// What happened, as a phrase that can follow the path.
  public let reason: String

  /// Creates an error about the file at `path`.
  public init(code: Code, path: String, reason: String) {
    self.code = code
    self.path = path
    self.reason = reason
  }

  /// The path, a colon and the reason.
  public var description: String { "\(path): \(reason)" }
}
