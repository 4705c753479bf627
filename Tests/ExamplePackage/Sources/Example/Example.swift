import MLM

@main struct Example {
  static func main() throws {
    let model = try ModelDirectory(contentsOf: CommandLine.arguments[1])
    let encoder = TextEncoder(model)
    let vectors = try encoder.embeddings(for: ["A fine film.", "A film that is fine."])
    print(vectors[0].cosineSimilarity(to: vectors[1]))
  }
}
