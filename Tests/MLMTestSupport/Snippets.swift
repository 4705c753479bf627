/// Code that documentation shows and tests compile.
///
/// In a source file a snippet stands between a line `// snippet` and a line `// end`; in a document, in a
/// block marked as Swift.
public enum Snippets {
  /// The snippets of a source file, without the blanks that all their lines begin with.
  public static func compiled(in source: String) -> [String] {
    var snippets: [String] = []
    var lines: [Substring]?
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      switch line.drop(while: { $0 == " " }) {
      case "// snippet": lines = []
      case "// end":
        if let lines { snippets.append(withoutIndentation(lines)) }
        lines = nil
      default: lines?.append(line)
      }
    }
    return snippets
  }

  /// The blocks of Swift in a document.
  public static func shown(in document: String) -> [String] {
    var blocks: [String] = []
    var lines: [Substring]?
    for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```swift" {
        lines = []
      } else if line == "```", let block = lines {
        blocks.append(block.joined(separator: "\n"))
        lines = nil
      } else {
        lines?.append(line)
      }
    }
    return blocks
  }

  /// The root of the repository, from the path of a test's source file.
  public static func root(of file: String) -> String {
    file.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
  }

  /// The snippets of a test's source file, and those of articles on the library, by what reads files.
  ///
  /// - Parameters:
  ///   - articles: The names of the articles, without their ending.
  ///   - file: The path of the test's source file.
  ///   - read: Gives the text of the file at a path.
  public static func comparison(
    of articles: [String], with file: String, _ read: (_ path: String) throws -> String
  ) rethrows -> (shown: [String], compiled: [String]) {
    let folder = root(of: file) + "/Sources/MLM/MLM.docc/"
    return (
      try articles.flatMap { shown(in: try read("\(folder)\($0).md")) },
      compiled(in: try read(file))
    )
  }

  private static func withoutIndentation(_ lines: [Substring]) -> String {
    let depth = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(depth)) }.joined(separator: "\n")
  }
}
