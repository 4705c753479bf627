import MLM
import Testing

/// The library's example in README.md, with the path of a model at hand in place of its own.
private func readmeExample(path: String) throws {
  let model = try ModelDirectory(contentsOf: path)
  let encoder = TextEncoder(model)
  let vectors = try encoder.embeddings(for: ["A fine film.", "A film that is fine."])
  print(vectors[0].cosineSimilarity(to: vectors[1]))
  let gaps = try MaskPredictor(model).candidates(for: "The acting was [MASK].", count: 3)
  print(gaps[0].map(\.token))
}

@Suite struct ReadmeTests {
  private static let opening = "let model = try ModelDirectory(contentsOf: "

  @Test func exampleRuns() throws {
    try withFolder { folder in
      try SampleModel.directory().write(to: folder + "/corpus.mlm")
      try readmeExample(path: folder + "/corpus.mlm")
    }
  }

  @Test func exampleIsTheOneOfTheReadme() throws {
    let file = #filePath
    let readme =
      file.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/README.md"
    let example = try Self.firstSwiftBlock(of: readme)
    #expect(example.count >= 5)
    #expect(example.count <= 12)
    #expect(example.contains { $0.hasPrefix(Self.opening) })
    let source = Set(try Self.lines(of: file))
    for line in example where !line.hasPrefix(Self.opening) {
      #expect(source.contains(line), "README.md has a line that is not compiled: \(line)")
    }
  }

  /// The lines of a file without the blanks around them.
  private static func lines(of path: String) throws -> [String] {
    String(decoding: try FileContents.read(path), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        let start = line.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
      }
  }

  private static func firstSwiftBlock(of path: String) throws -> [String] {
    let lines = try lines(of: path)
    let start = try #require(lines.firstIndex(of: "```swift"))
    return lines[(start + 1)...].prefix { $0 != "```" }.filter { !$0.isEmpty }
  }
}
