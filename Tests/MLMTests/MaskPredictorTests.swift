import MLM
import MLMTestSupport
import Testing

@Suite struct MaskPredictorTests {
  @Test func probabilitiesAreThoseOfTheModel() throws {
    let model = try SampleModel.directory()
    let size = model.tokenizer.vocabularySize
    let text = "The acting was [MASK] and the [MASK] was better."
    let results = try MaskPredictor(model).candidates(for: text, count: size + 10)
    #expect(results.count == 2)
    let ids = model.tokenizer.encode(text).ids
    let rows = ids.indices.filter { ids[$0] == model.tokenizer.maskID }.map(Int32.init)
    for (candidates, scores) in zip(results, SampleModel.scores(model, ids, rows: rows)) {
      #expect(candidates.count == size)
      #expect(Set(candidates.map(\.id)).count == size)
      let total = candidates.reduce(0.0) { $0 + Double($1.probability) }
      #expect(abs(total - 1) < 1e-5)
      for (a, b) in zip(candidates, candidates.dropFirst()) {
        #expect(a.probability >= b.probability)
      }
      // Ratios of probabilities are e to the difference of scores.
      let best = candidates[0]
      #expect(scores[Int(best.id)] == scores.max())
      for candidate in candidates.prefix(20) {
        let difference = Double(scores[Int(candidate.id)] - scores[Int(best.id)])
        let ratio = Double(candidate.probability / best.probability)
        #expect(abs(ratio - exponential(difference)) < 1e-5)
      }
    }
    #expect(results[0] != results[1])
  }

  @Test func tokensAreReadable() throws {
    let model = try SampleModel.directory()
    let results = try MaskPredictor(model).candidates(for: "the [MASK]", count: 300)
    for candidate in results[0].prefix(50) {
      let bytes = try model.tokenizer.decode([candidate.id], skippingSpecialTokens: false)
      #expect(candidate.token == String(decoding: bytes, as: UTF8.self))
    }
    #expect(results[0].contains { $0.token.hasPrefix(" ") && $0.token.count > 2 })
  }

  @Test func numberOfCandidates() throws {
    let predictor = try MaskPredictor(try SampleModel.directory())
    #expect(try predictor.candidates(for: "[MASK]")[0].count == 5)
    let three = try predictor.candidates(for: "[MASK]", count: 3)
    #expect(try predictor.candidates(for: "[MASK]", count: 9)[0].prefix(3).elementsEqual(three[0]))
    #expect(try predictor.candidates(for: "[MASK]", count: -1) == [[]])
  }

  @Test func textThatCannotBeUsed() throws {
    let predictor = try MaskPredictor(try SampleModel.directory())
    for text in ["", "The acting was good.", "[mask] MASK", long + " [MASK]"] {
      let failure = error(MLMError.self) { _ = try predictor.candidates(for: text) }
      #expect(failure?.code == .badText, "\(text)")
    }
  }

  @Test func modelsOfOtherKinds() throws {
    let others = [
      try SampleModel.directory(attention: .causal, objective: "clm"),
      try SampleModel.directory(.classification(classCount: 2), labels: ["a", "b"]),
      try SampleModel.directory(.none),
    ]
    for model in others {
      #expect(error(MLMError.self) { _ = try MaskPredictor(model) }?.code == .wrongModel)
    }
  }

  private var long: String { SampleModel.sentences.joined(separator: " ") }

  /// e to the x by its series, for x from about −20 to 0.
  private func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for index in 1..<80 {
      term *= -x / Double(index)
      sum += term
    }
    return 1 / sum
  }
}
