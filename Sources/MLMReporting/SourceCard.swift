/// The card of a model as it was found, taken apart so that another card can carry it on.
public struct SourceCard: Hashable, Sendable {
  /// A key of the YAML head and its lines, as they stand.
  private struct Entry: Hashable, Sendable {
    let key: String
    var lines: [String]
  }

  private let entries: [Entry]
  /// The Markdown after the head, its headings two levels deeper; nil where there is none.
  let body: String?

  /// Takes a card apart.
  ///
  /// A text without a head of YAML between lines of three hyphens is all Markdown.
  public init(_ text: String) {
    var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    var entries: [Entry] = []
    if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
      for line in lines[1..<end] {
        if let first = line.first, !" \t-#".contains(first), let colon = line.firstIndex(of: ":") {
          entries.append(Entry(key: String(line[..<colon]), lines: [line]))
        } else if !entries.isEmpty {
          entries[entries.count - 1].lines.append(line)
        }
      }
      lines.removeSubrange(...end)
    }
    self.entries = entries
    body = Self.deeper(lines)
  }

  /// The words to find the model by.
  var tags: [String] {
    guard let entry = entries.first(where: { $0.key == "tags" }) else { return [] }
    let listed = entry.lines.dropFirst().compactMap { line -> String? in
      let word = line.drop { $0 == " " }
      return word.hasPrefix("- ") ? Self.trimmed(word.dropFirst(2)) : nil
    }
    // The same as `[a, b]`.
    let inline = entry.lines[0].dropFirst(5).split { "[], ".contains($0) }.map(Self.trimmed)
    return listed.isEmpty ? inline : listed
  }

  /// The lines of the head, but those of some keys.
  func lines(withoutKeys keys: [String]) -> [String] {
    entries.filter { !keys.contains($0.key) }.flatMap(\.lines)
  }

  /// A word without blanks and quotes around it.
  private static func trimmed(_ text: Substring) -> String {
    func isOutside(_ character: Character) -> Bool { " \"'".contains(character) }
    return String(text.drop(while: isOutside).reversed().drop(while: isOutside).reversed())
  }

  private static func deeper(_ lines: [String]) -> String? {
    var isCode = false
    let lines = lines.map { line in
      if line.hasPrefix("```") || line.hasPrefix("~~~") { isCode.toggle() }
      return !isCode && line.hasPrefix("#") ? "##" + line : line
    }
    guard let first = lines.firstIndex(where: { !$0.isEmpty }),
      let last = lines.lastIndex(where: { !$0.isEmpty })
    else { return nil }
    return lines[first...last].joined(separator: "\n") + "\n"
  }
}
