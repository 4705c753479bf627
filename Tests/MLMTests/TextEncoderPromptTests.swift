import MLM
import MLMTestSupport
import Testing

/// What a model directory says of its sentence embeddings, and encoders do.
@Suite struct TextEncoderPromptTests {
  private static let prompts = ["query": "Find: ", "passage": "Text: ", "loud": "LOUD "]

  private func model(
    standard: String? = nil, includesPrompt: Bool = true,
    _ change: (inout SentencePooling) -> Void = { _ in }
  ) throws -> ModelDirectory {
    var pooling = SentencePooling()
    pooling.prompts = Self.prompts
    pooling.defaultPromptName = standard
    pooling.includesPrompt = includesPrompt
    change(&pooling)
    return try SampleModel.directory(sentencePooling: pooling)
  }

  @Test func promptsComeBeforeTheText() throws {
    let encoder = TextEncoder(try model())
    let text = "the old harbour"
    func plain(_ text: String) throws -> Embedding { try encoder.embedding(for: text) }
    #expect(try encoder.embedding(for: text, prompt: .named("loud")) == plain("LOUD " + text))
    #expect(try encoder.embedding(for: text, prompt: .query) == plain("Find: " + text))
    #expect(try encoder.embedding(for: text, prompt: .document) == plain("Text: " + text))
    #expect(try encoder.embedding(for: text, prompt: .text("So: ")) == plain("So: " + text))
    #expect(try encoder.embedding(for: text, prompt: .text("")) == plain(text))
    #expect(try plain(text) != plain("Find: " + text))
  }

  @Test func theStandardPromptIsTheDirectorys() throws {
    let loud = TextEncoder(try model(standard: "loud"))
    let plain = TextEncoder(try model())
    #expect(try loud.embedding(for: "a boat") == plain.embedding(for: "LOUD a boat"))
    #expect(try loud.embedding(for: "a boat", prompt: .text("")) == plain.embedding(for: "a boat"))
    // A name that leads nowhere is no prompt, as in sentence-transformers.
    let none = TextEncoder(try model(standard: "elsewhere"))
    #expect(try none.embedding(for: "a boat") == plain.embedding(for: "a boat"))
  }

  @Test func anUnknownNameIsAnError() throws {
    let encoder = TextEncoder(try model())
    let found = error(MLMError.self) {
      _ = try encoder.embedding(for: "a boat", prompt: .named("other"))
    }
    #expect(found?.code == .badOption)
    #expect(found?.description == "prompt: expected one of loud, passage, query, found other")
  }

  @Test func aPromptMayBeLeftOutOfPooling() throws {
    let model = try model(includesPrompt: false)
    let tokenizer = model.tokenizer
    let ids = tokenizer.encode("Find: the old harbour").ids
    // The start token and the prompt's own.
    let leftOut = tokenizer.encode("Find: ").ids.count - 1
    let rows = SampleModel.rows(model, ids).dropFirst(leftOut)
    let mean = (0..<16).map { column in
      rows.reduce(Float(0)) { $0 + $1[column] } / Float(rows.count)
    }
    let encoder = TextEncoder(model)
    let vector = try encoder.embedding(for: "the old harbour", prompt: .query)
    #expect(abs(vector.cosineSimilarity(to: Embedding(values: mean)) - 1) < 1e-6)
    #expect(vector.tokenCount == ids.count)
    let whole = try TextEncoder(self.model()).embedding(for: "the old harbour", prompt: .query)
    #expect(abs(vector.cosineSimilarity(to: whole) - 1) > 1e-4)
    // Without a prompt nothing is left out.
    #expect(
      try encoder.embedding(for: "the old harbour")
        == TextEncoder(self.model()).embedding(for: "the old harbour"))
  }

  @Test func windowsEachBeginWithThePrompt() throws {
    let model = try model()
    let long = SampleModel.sentences.joined(separator: " ")
    let encoder = try TextEncoder(
      model, options: .init(normalizesLength: false, maximumLength: 20, overflow: .windows))
    let ids = model.tokenizer.encode("Find: " + long).ids
    let start = model.tokenizer.encode("Find: ").ids.count - 1
    let windows = SentenceTokens.parts(start..<ids.count - 1, atMost: 20 - start - 1).map {
      ids[..<start] + ids[$0] + [model.tokenizer.endID]
    }
    var expected = [Float](repeating: 0, count: 16)
    for window in windows {
      let rows = SampleModel.rows(model, Array(window))
      for column in 0..<16 {
        expected[column] +=
          rows.reduce(Float(0)) { $0 + $1[column] } / Float(rows.count * windows.count)
      }
    }
    let vector = try encoder.embedding(for: long, prompt: .query)
    #expect(maxDifference(vector.values, expected) < 1e-5)
    #expect(vector.windowCount == windows.count)
    let tight = try TextEncoder(
      model, options: .init(maximumLength: start + 1, overflow: .windows))
    let found = error(MLMError.self) { _ = try tight.embedding(for: long, prompt: .query) }
    #expect(found?.code == .badText)
    #expect(found?.description.contains("a prompt that leaves room") == true)
  }

  @Test func severalPoolingsAndDenseLayers() throws {
    let weight = (0..<5 * 32).map { Float($0 % 7) / 7 - 0.4 }
    let layer = DenseLayer(
      inputWidth: 32, outputWidth: 5, activation: .tanh, weight: weight, bias: [0, 1, 2, 3, 4])
    let model = try model {
      $0.poolings = [.first, .mean]
      $0.steps = [.dense(layer), .normalize]
    }
    let encoder = TextEncoder(model)
    #expect(encoder.dimension == 5)
    let ids = model.tokenizer.encode("the old harbour").ids
    let rows = SampleModel.rows(model, ids)
    let mean = (0..<16).map { column in
      rows.reduce(Float(0)) { $0 + $1[column] } / Float(rows.count)
    }
    let pooled: [Float] = rows[0] + mean
    var expected: [Float] = []
    for row in 0..<5 {
      var sum = Float(row)
      for column in 0..<32 { sum += weight[row * 32 + column] * pooled[column] }
      expected.append(hyperbolicTangent(sum))
    }
    let vector = try encoder.embedding(for: "the old harbour")
    #expect(abs(vector.cosineSimilarity(to: Embedding(values: expected)) - 1) < 1e-6)
    #expect(abs(dot(vector.values, vector.values) - 1) < 1e-6)
    // Another pooling is one that the dense layer was not trained on.
    #expect(try TextEncoder(model, options: .init(pooling: .max)).dimension == 16)
  }

  @Test func lettersMayBeMadeSmall() throws {
    let small = TextEncoder(try model { $0.lowercases = true })
    let plain = TextEncoder(try model())
    #expect(try small.embedding(for: "The SEA") == plain.embedding(for: "the sea"))
    #expect(
      try small.embedding(for: "The SEA", prompt: .named("loud"))
        == plain.embedding(for: "loud the sea"))
  }

  @Test func vectorsThatAreNoNumbersAreRefused() throws {
    let model = try SampleModel.directory()
    let token = try #require(model.tokenizer.encode("harbour").ids.dropFirst().first)
    model.parameters.values(0)[Int(token) * 16] = .nan
    let encoder = TextEncoder(model)
    let results = try encoder.results(for: ["the sea", "harbour", "a dog"])
    #expect((try? results[0].get())?.values.allSatisfy(\.isFinite) == true)
    #expect((try? results[2].get()) != nil)
    let found = error(MLMError.self) {
      _ = try encoder.embeddings(for: ["the sea", "harbour", "a dog"])
    }
    #expect(found?.code == .notFinite)
    #expect(found?.description.hasPrefix("text 2: ") == true)
  }

  private func hyperbolicTangent(_ x: Float) -> Float {
    // (e²ˣ − 1)/(e²ˣ + 1), eˣ by its series on a small part of x.
    var power = 1.0, term = 1.0
    let part = 2 * Double(x) / 1024
    for n in 1...12 {
      term *= part / Double(n)
      power += term
    }
    for _ in 0..<10 { power *= power }
    return Float((power - 1) / (power + 1))
  }
}
