import MLM
import Testing

/// The example of ``TextEncoder``, with the path of a model at hand in place of its own.
private func textEncoderExample(path: String) throws {
  let encoder = TextEncoder(try ModelDirectory(contentsOf: path))
  let vectors = try encoder.embeddings(for: ["A fine film.", "A dull one."])
  print(vectors[0].cosineSimilarity(to: vectors[1]))
}

@Suite struct DocumentationTests {
  @Test func exampleOfTheTextEncoderIsCompiledHere() throws {
    try withFolder { folder in
      try SampleModel.directory().write(to: folder + "/corpus.mlm")
      try textEncoderExample(path: folder + "/corpus.mlm")
    }
    let file = #filePath
    let root = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
    let comment = try Self.lines(of: root + "/Sources/MLM/Embedding/TextEncoder.swift")
    let start = try #require(comment.firstIndex(of: "/// ```swift"))
    let example = comment[(start + 1)...].prefix { $0 != "/// ```" }.map { $0.dropFirst(4) }
    #expect(example.count == 3)
    let compiled = Set(try Self.lines(of: file))
    for line in example {
      let line = String(line.replacing("\"corpus.mlm\"", with: "path"))
      #expect(compiled.contains(line), "the example has a line that is not compiled: \(line)")
    }
  }

  /// The lines of a file without the blanks before them.
  private static func lines(of path: String) throws -> [String] {
    String(decoding: try FileContents.read(path), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map {
        String($0.drop { $0 == " " })
      }
  }
}
