import MLM
import MLMTestSupport
import Testing

/// Texts that are longer than the model reads.
@Suite struct TextEncoderOverflowTests {
  private static let long = SampleModel.sentences.joined(separator: " ")

  private func encoder(
    _ overflow: TextEncoder.Overflow, length: Int = 12, normalizes: Bool = true,
    dimensions: Int? = nil
  ) throws -> TextEncoder {
    try TextEncoder(
      SampleModel.directory(),
      options: .init(
        normalizesLength: normalizes, maximumLength: length, overflow: overflow,
        dimensions: dimensions, threadCount: 2))
  }

  @Test func anErrorTellsTheText() throws {
    let encoder = try encoder(.error)
    let found = error(MLMError.self) {
      _ = try encoder.embeddings(for: ["the sea", Self.long, "the boat"])
    }
    let count = try SampleModel.tokenizer.encode(Self.long).ids.count
    #expect(found?.code == .badText)
    #expect(found?.description == "text 2: expected at most 12 tokens, found \(count)")
    // The others have their vectors all the same.
    let results = try encoder.results(for: ["the sea", Self.long, "the boat"])
    #expect(try results[0].get() == encoder.embedding(for: "the sea"))
    #expect(try results[2].get().values == encoder.embedding(for: "the boat").values)
    #expect((try? results[1].get()) == nil)
  }

  @Test func whatIsCutIsTold() throws {
    let count = try SampleModel.tokenizer.encode(Self.long).ids.count
    let vector = try encoder(.truncate).embedding(for: Self.long)
    #expect(vector.tokenCount == 12 && vector.textTokenCount == count)
    #expect(vector.isTruncated && vector.windowCount == 1)
    let short = try encoder(.truncate).embedding(for: "the sea")
    #expect(!short.isTruncated && short.tokenCount == short.textTokenCount)
  }

  @Test(arguments: [true, false])
  func windowsAreTheMeanOfTheirs(normalizes: Bool) throws {
    let model = try SampleModel.directory()
    let ids = model.tokenizer.encode(Self.long).ids
    // As numpy.array_split cuts: the fewest parts of at most ten tokens, the longer ones first.
    let text = Array(ids.dropFirst().dropLast())
    let parts = (text.count + 9) / 10
    var windows: [[Int32]] = []
    var start = 0
    for part in 0..<parts {
      let size = text.count / parts + (part < text.count % parts ? 1 : 0)
      windows.append([ids[0]] + text[start..<start + size] + [model.tokenizer.endID])
      start += size
    }
    #expect(start == text.count && parts > 3)
    var expected = [Double](repeating: 0, count: 16)
    for window in windows {
      let rows = SampleModel.rows(model, window)
      var mean = (0..<16).map { column in
        rows.reduce(0.0) { $0 + Double($1[column]) } / Double(rows.count)
      }
      if normalizes { mean = unit(mean) }
      for column in 0..<16 { expected[column] += mean[column] / Double(parts) }
    }
    if normalizes { expected = unit(expected) }
    let vector = try encoder(.windows, normalizes: normalizes).embedding(for: Self.long)
    #expect(maxDifference(vector.values, expected.map(Float.init)) < 1e-5)
    #expect(vector.windowCount == parts && !vector.isTruncated)
    #expect(vector.textTokenCount == ids.count && vector.tokenCount == ids.count + 2 * (parts - 1))
    // A text that fits is one window, and its vector the same as ever.
    #expect(
      try encoder(.windows).embedding(for: "the sea")
        == encoder(.truncate).embedding(for: "the sea"))
  }

  @Test func dimensionsAreTheFirstOnesScaledAnew() throws {
    let whole = try encoder(.truncate).embedding(for: "the old harbour")
    for dimensions in [1, 5, 16] {
      let encoder = try encoder(.truncate, dimensions: dimensions)
      #expect(encoder.dimension == dimensions)
      let vector = try encoder.embedding(for: "the old harbour")
      let expected = unit(whole.values.prefix(dimensions).map(Double.init)).map(Float.init)
      #expect(maxDifference(vector.values, expected) < 1e-6)
    }
    // Where lengths are left as they are, they are left.
    let plain = try encoder(.truncate, normalizes: false).embedding(for: "the old harbour")
    let cut = try encoder(.truncate, normalizes: false, dimensions: 4)
      .embedding(for: "the old harbour")
    #expect(cut.values == Array(plain.values.prefix(4)))
    for wrong in [0, -1, 17] {
      let found = error(MLMError.self) { _ = try encoder(.truncate, dimensions: wrong) }
      #expect(found?.code == .badOption)
      #expect(found?.description.contains("from 1 to the model's 16, found \(wrong)") == true)
    }
  }

  @Test func partsAreAsEqualAsCanBe() {
    #expect(SentenceTokens.parts(0..<10, atMost: 10) == [0..<10])
    #expect(SentenceTokens.parts(2..<13, atMost: 10) == [2..<8, 8..<13])
    #expect(SentenceTokens.parts(0..<7, atMost: 3) == [0..<3, 3..<5, 5..<7])
    #expect(SentenceTokens.parts(4..<4, atMost: 3) == [4..<4])
  }

  private func unit(_ values: [Double]) -> [Double] {
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / length }
  }
}
