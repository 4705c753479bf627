import MLM

@main struct Example {
  static func main() async throws {
    let model = try ModelDirectory(contentsOf: CommandLine.arguments[1])
    let encoder = try TextEncoder(model, options: .init(overflow: .windows, threadCount: 2))
    let vectors = try await encoder.embeddings(for: ["A fine film.", "A film that is fine."])
    let again = try await encoder.embedding(for: "A fine film.")
    print(vectors[0].cosineSimilarity(to: vectors[1]), vectors[0].cosineSimilarity(to: again))
  }
}
