import MLM
import Testing

@Suite struct EmbeddingTests {
  @Test(
    arguments: [
      ([1, 0], [0, 2], 0), ([3, 4], [6, 8], 1), ([1, 2], [-2, -4], -1),
      // (1·2 + 1·0) / (√2 · 2)
      ([1, 1], [2, 0], 0.707_106_77), ([0, 0], [1, 2], 0), ([], [], 0),
    ] as [([Float], [Float], Float)])
  func cosine(_ a: [Float], _ b: [Float], _ expected: Float) {
    let similarity = Embedding(values: a).cosineSimilarity(to: Embedding(values: b))
    #expect(abs(similarity - expected) < 1e-6)
    #expect(Embedding(values: b).cosineSimilarity(to: Embedding(values: a)) == similarity)
  }

  @Test func cosineOfNumbersWhoseSquaresOverflow() {
    let long = Embedding(values: [1e30, 1e30])
    #expect(abs(long.cosineSimilarity(to: long) - 1) < 1e-6)
  }
}
