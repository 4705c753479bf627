/// What ends a document in a text file.
public enum DocumentBoundary: String, CaseIterable, Hashable, Sendable {
  /// Every line is a document.
  case line
  /// Blank lines separate documents; the lines of one are joined by U+000A.
  case paragraph
  /// A whole file is one document.
  case file
}
