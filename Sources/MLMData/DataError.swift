/// Text or a stored corpus that cannot be used as it is: what is wrong with it, and where.
///
/// Files that cannot be opened or written are `FileError`s; a `DataError` is about their content.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of unusable data.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// No text at all, or nothing but white space.
    case empty
    /// Fewer texts than were asked for.
    case tooFew
    /// A NUL byte where text is expected.
    case binary
    /// Bytes that are not UTF-8, under `strict`.
    case malformedUTF8
    /// A line that is too long to be held.
    case tooLong
    /// A line of a JSON Lines file that is not an object with the text field as a string.
    case malformedJSON
    /// A labelled line with too few tabs.
    case missingTab
    /// A labelled line with too many tabs.
    case extraTab
    /// A labelled line that starts with a tab.
    case emptyLabel
    /// Labelled text that has one label only.
    case oneClass
    /// A label that the model does not know.
    case unknownLabel
    /// A label that is not a number where one is wanted.
    case badLabel
    /// A stored corpus that is truncated, damaged or incomplete.
    case corrupt
    /// A stored corpus that belongs to another vocabulary.
    case mismatch
  }

  /// The kind of the problem.
  public let code: Code
  /// The path of the file, or "standard input".
  public let file: String
  /// The number of the line, from 1, where there is one.
  public let line: Int?
  /// What was expected and what was found.
  public let reason: String

  /// Creates an error at a line of a file, or about the whole of it.
  package init(_ code: Code, file: String, line: Int? = nil, reason: String) {
    self.code = code
    self.file = file
    self.line = line
    self.reason = reason
  }

  /// Creates an error whose reason reads "expected …, found …".
  package init(
    _ code: Code, file: String, line: Int? = nil, expected: String, found: String
  ) {
    self.init(code, file: file, line: line, reason: "expected \(expected), found \(found)")
  }

  /// `FILE:LINE: expected …, found …`.
  public var description: String {
    line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)"
  }
}
