import MLM
import Testing

@Suite struct TextGeneratorTests {
  private func model() throws -> ModelDirectory {
    try SampleModel.directory(attention: .causal, objective: "clm")
  }

  @Test(arguments: ["The acting", "", "She sold"])
  func temperatureZeroTakesTheLikeliest(prompt: String) throws {
    let model = try model()
    let generator = try TextGenerator(model)
    var ids = model.tokenizer.encode(prompt).ids.dropLast().map { $0 }
    let start = ids.count
    while ids.count < start + 12 {
      let scores = SampleModel.scores(model, ids, rows: [Int32(ids.count - 1)])[0]
      let next = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0
      if Int32(next) == model.tokenizer.endID { break }
      ids.append(Int32(next))
    }
    let expected = String(decoding: try model.tokenizer.decode(ids[start...]), as: UTF8.self)
    for seed: UInt64 in 1...3 {
      let found = try generator.continuation(
        of: prompt, options: .init(maximumTokens: 12, temperature: 0, seed: seed))
      #expect(found == expected)
    }
  }

  @Test func seedDecides() throws {
    let generator = try TextGenerator(try model())
    func text(_ seed: UInt64, _ temperature: Float = 1) throws -> String {
      try generator.continuation(
        of: "The acting",
        options: .init(maximumTokens: 20, temperature: temperature, topCount: nil, seed: seed))
    }
    let texts = try (1...6).map { try text($0) }
    #expect(try (1...6).map { try text($0) } == texts)
    #expect(Set(texts).count >= 5)
    // One candidate leaves nothing to draw.
    let single = try (1...3).map {
      try generator.continuation(
        of: "The acting", options: .init(maximumTokens: 20, temperature: 1, topCount: 1, seed: $0))
    }
    #expect(Set(single) == [try text(1, 0)])
  }

  @Test func lengthIsBounded() throws {
    let model = try model()
    let generator = try TextGenerator(model)
    let options = TextGenerator.Options(maximumTokens: 0)
    #expect(try generator.continuation(of: "The acting", options: options).isEmpty)
    // At most what the model reads in all.
    let most = try generator.continuation(
      of: "The acting", options: .init(maximumTokens: 10_000, temperature: 0))
    #expect(model.tokenizer.encode(most, addingSpecialTokens: false).ids.count <= 4 * 32)
  }

  @Test func promptWithoutRoom() throws {
    let generator = try TextGenerator(try model())
    let failure = error(MLMError.self) {
      _ = try generator.continuation(of: SampleModel.sentences.joined(separator: " "))
    }
    #expect(failure?.code == .badText)
  }

  @Test func modelsOfOtherKinds() throws {
    let others = [
      try SampleModel.directory(),
      try SampleModel.directory(.classification(classCount: 2), labels: ["a", "b"]),
      try SampleModel.directory(.none, attention: .causal),
    ]
    for model in others {
      #expect(error(MLMError.self) { _ = try TextGenerator(model) }?.code == .wrongModel)
    }
  }
}
