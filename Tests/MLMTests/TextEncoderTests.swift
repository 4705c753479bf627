import MLM
import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct TextEncoderTests {
  /// Texts of many lengths, an empty one among them.
  private static let texts: [String] =
    [""] + SampleModel.sentences + SampleModel.sentences.map { String($0.prefix(9)) }
    + (1...30).map { String(repeating: "the ", count: $0 % 11) + "\($0)" }

  private func encoder(
    _ pooling: Pooling? = nil, normalizes: Bool? = nil, length: Int? = nil, threads: Int = 1
  ) throws -> TextEncoder {
    try TextEncoder(
      SampleModel.directory(),
      options: .init(
        pooling: pooling, normalizesLength: normalizes, maximumLength: length,
        threadCount: threads))
  }

  @Test func orderIsTheCallers() throws {
    let encoder = try encoder()
    let forward = try encoder.embeddings(for: Self.texts)
    let backward = try encoder.embeddings(for: Array(Self.texts.reversed()))
    #expect(forward.count == Self.texts.count)
    let tokenizer = try SampleModel.tokenizer
    for (text, vector) in zip(Self.texts, forward) {
      #expect(vector.tokenCount == min(32, tokenizer.encode(text).ids.count))
    }
    for (a, b) in zip(forward, backward.reversed()) {
      #expect(maxDifference(a.values, b.values) <= 1e-6)
    }
    // Different texts, different vectors: else order would show nothing.
    #expect(Set(forward.map(\.values)).count == Set(Self.texts).count)
  }

  @Test func aloneAsInAnyBatch() throws {
    let encoder = try encoder()
    let bound = Machine.current.rowsAreExact ? 0 : 1e-6
    let together = try encoder.embeddings(for: Self.texts)
    for (index, text) in Self.texts.enumerated() {
      #expect(
        try maxDifference(encoder.embedding(for: text).values, together[index].values) <= bound)
    }
    // More rows than one piece holds.
    let many = try encoder.embeddings(for: (0..<12).flatMap { _ in Self.texts })
    for (index, vector) in many.enumerated() {
      #expect(maxDifference(vector.values, together[index % Self.texts.count].values) <= bound)
    }
  }

  @Test func threadsDoNotMatter() throws {
    let texts = (0..<12).flatMap { _ in Self.texts }
    let one = try encoder(threads: 1).embeddings(for: texts)
    for count in [2, 3] { #expect(try encoder(threads: count).embeddings(for: texts) == one) }
    // A count that makes no sense is taken for one.
    #expect(try encoder(threads: 0).embeddings(for: texts) == one)
  }

  @Test(arguments: Pooling.allCases)
  func poolingAsDefined(pooling: Pooling) throws {
    let model = try SampleModel.directory()
    let encoder = try encoder(pooling, normalizes: false)
    for text in Self.texts.prefix(12) {
      let rows = SampleModel.rows(
        model, TokenizedText(text, model.tokenizer, maximumLength: 32).ids)
      let expected: [Float] = (0..<16).map { column in
        let values = rows.map { Double($0[column]) }
        switch pooling {
        case .mean: return Float(values.reduce(0, +) / Double(values.count))
        case .first: return Float(values[0])
        case .max: return Float(values.max() ?? 0)
        case .last: return Float(values.last ?? 0)
        case .meanSquareRootLength:
          return Float(values.reduce(0, +) / Double(values.count).squareRoot())
        case .weightedMean:
          let sum = values.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
          return Float(sum / Double(values.count * (values.count + 1) / 2))
        }
      }
      #expect(try maxDifference(encoder.embedding(for: text).values, expected) < 1e-5)
    }
  }

  @Test(arguments: Pooling.allCases)
  func lengthIsOne(pooling: Pooling) throws {
    let plain = try encoder(pooling, normalizes: false).embeddings(for: Self.texts)
    let unit = try encoder(pooling).embeddings(for: Self.texts)
    for (a, b) in zip(plain, unit) {
      #expect(abs(dot(b.values, b.values) - 1) < 1e-6)
      #expect(abs(a.cosineSimilarity(to: b) - 1) < 1e-6)
    }
    #expect(plain.contains { abs(dot($0.values, $0.values) - 1) > 0.1 })
  }

  @Test func textThatIsCut() throws {
    let encoder = try encoder(length: 6)
    let long = SampleModel.sentences[0]
    let cut = try encoder.embedding(for: long)
    #expect(cut.isTruncated)
    #expect(cut.tokenCount == 6)
    #expect(try !encoder.embedding(for: "the").isTruncated)
    // What is kept is the start and, at the end, the end token.
    let model = try SampleModel.directory()
    let ids = model.tokenizer.encode(long).ids
    let rows = SampleModel.rows(model, ids.prefix(5) + [model.tokenizer.endID])
    let mean = (0..<16).map { column in rows.reduce(Float(0)) { $0 + $1[column] } / 6 }
    #expect(abs(cut.cosineSimilarity(to: Embedding(values: mean)) - 1) < 1e-6)
    // No option reads more than the model can.
    let most = try self.encoder(length: 10_000).embedding(
      for: SampleModel.sentences.joined(separator: " "))
    #expect(most.tokenCount == 32)
    #expect(most.isTruncated)
  }

  @Test func emptyText() throws {
    let vector = try encoder().embedding(for: "")
    #expect(vector.tokenCount == 2)
    #expect(!vector.isTruncated)
    #expect(vector.values.allSatisfy { $0.isFinite })
    #expect(try encoder().embeddings(for: [String]()).isEmpty)
    #expect(try encoder().dimension == 16)
  }
}
