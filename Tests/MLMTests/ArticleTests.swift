import MLM
import MLMTestSupport
import Testing

// The Swift of the articles in MLM.docc that need no training, as it stands there.

// snippet
/// What a server makes at its start and shares among all requests.
struct Embedder: Sendable {
  let encoder: TextEncoder

  init(path: String) throws {
    MLM.prepare()
    encoder = TextEncoder(try ModelDirectory(contentsOf: path))
  }

  /// Answers a request; blocks no thread, and ends early where the request is cancelled.
  func vectors(for texts: [String]) async throws -> [[Float]] {
    try await encoder.embeddings(for: texts).map(\.values)
  }
}
// end

private func encoderWithOptions(_ model: ModelDirectory) throws -> TextEncoder {
  // snippet
  let options = TextEncoder.Options(overflow: .windows, dimensions: 8, threadCount: 2)
  let encoder = try TextEncoder(model, options: options)
  // end
  return encoder
}

private func reportTokens(_ encoder: TextEncoder, _ texts: [String]) async throws {
  // snippet
  let results = try await encoder.results(for: texts)
  for (text, result) in zip(texts, results) {
    switch result {
    case .success(let embedding):
      print(embedding.tokenCount, embedding.textTokenCount, embedding.isTruncated)
    case .failure(let error):
      print("\(text.prefix(20)): \(error)")
    }
  }
  // end
}

private func search(_ encoder: TextEncoder, _ texts: [String]) async throws -> Int? {
  // snippet
  async let notes = encoder.embeddings(for: texts, prompt: .document)
  async let question = encoder.embedding(for: "the sea at night", prompt: .query)
  let (all, asked) = try await (notes, question)
  let nearest = all.indices.max {
    all[$0].cosineSimilarity(to: asked) < all[$1].cosineSimilarity(to: asked)
  }
  // end
  return nearest
}

private func openAModel(path: String) throws {
  // snippet
  let model = try ModelDirectory(contentsOf: path)
  print(model.configuration.layerCount, model.configuration.width, model.parameterCount)
  print(model.tokenizer.vocabularySize, model.labels)
  // end
  // snippet
  do {
    _ = try ModelDirectory(contentsOf: path + "/nowhere")
  } catch {
    print(error)
  }
  // end
  // snippet
  let encoder = TextEncoder(model)
  let vectors = try encoder.embeddings(for: ["The boat is old.", "An old ship."])
  print(vectors[0].cosineSimilarity(to: vectors[1]))
  // end
  // snippet
  let predictor = try MaskPredictor(model)
  let mask = model.tokenizer.specialTokens.mask
  for candidate in try predictor.candidates(for: "She sold the \(mask).", count: 3)[0] {
    print(candidate.token, candidate.probability)
  }
  // end
}

@Suite struct ArticleTests {
  @Test func aServerEmbeds() async {
    let embedder = Result {
      try withFolder { folder in
        try SampleModel.directory().write(to: folder + "/m")
        return try Embedder(path: folder + "/m")
      }
    }
    let task = Task { try await embedder.get().vectors(for: ["a", "b", "c"]) }
    let counts = await task.result.map { $0.map(\.count) }
    #expect((try? counts.get()) == [16, 16, 16])
  }

  @Test func anEncoderWithOptionsReportsAndSearches() async {
    let encoder = Result { try encoderWithOptions(SampleModel.directory()) }
    let report = Task { try await reportTokens(encoder.get(), SampleModel.sentences) }
    #expect((try? await report.result.get()) != nil)
    let task = Task { try await search(encoder.get(), SampleModel.sentences) }
    let nearest = await task.result
    #expect(SampleModel.sentences.indices.contains((try? nearest.get()) ?? -1))
  }

  @Test func aModelIsOpened() throws {
    try withFolder { folder in
      try SampleModel.directory().write(to: folder + "/m")
      try openAModel(path: folder + "/m")
    }
  }

  @Test func theyShowWhatIsCompiled() throws {
    let articles = ["EmbedTextInAServer", "OpenAHuggingFaceModel"]
    let (shown, compiled) = try Snippets.comparison(of: articles, with: #filePath) {
      String(decoding: try FileContents.read($0), as: UTF8.self)
    }
    #expect(shown.count == 8)
    #expect(shown == compiled)
    // Whatever articles there are, a test compiles them: the third one is in MLMTrainingTests.
    let names = FileSystem.names(in: Snippets.root(of: #filePath) + "/Sources/MLM/MLM.docc")
    #expect(names == (articles + ["MLM", "TrainFromATextFile"]).map { $0 + ".md" }.sorted())
  }
}
