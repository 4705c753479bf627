import MLMModel
import MLMNumerics
import Testing

/// Fresh weights are drawn as ModernBERT publishes: normal, cut off at two deviations.
@Suite struct InitializationTests {
  private let configuration = Preset.nano.configuration(vocabularySize: 1000)

  private func parameters(_ head: Head, seed: UInt64) -> Parameters {
    let parameters = Parameters(ParameterLayout(configuration, head: head))
    parameters.initialize(seed: seed)
    return parameters
  }

  private func values(_ parameters: Parameters, _ name: String) throws -> [Float] {
    let index = try #require(parameters.layout.slots.firstIndex { $0.name == name })
    return Array(parameters.values(index))
  }

  /// transformers 5.23, `ModernBertPreTrainedModel._init_weights`: 0.02 for embeddings, Wqkv and Wi;
  /// 0.02/√(2·layers) for Wo of both kinds and the head's dense layer; 1/√width for the classifier.
  @Test(arguments: [
    ("embedding.token", 0.02), ("layer.0.attention.query_key_value", 0.02),
    ("layer.3.feed_forward.input", 0.02), ("layer.2.attention.output", 0.0070710678),
    ("layer.1.feed_forward.output", 0.0070710678), ("head.dense", 0.0070710678),
    ("head.classifier.weight", 0.088388348),
  ])
  func matricesAreTruncatedNormal(_ name: String, _ deviation: Double) throws {
    let values = try values(parameters(.classification(classCount: 40), seed: 1), name)
      .map { Double($0) / deviation }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    let within = Double(values.count { abs($0) < 1 }) / count
    #expect(values.allSatisfy { abs($0) <= 2.000001 })
    #expect(values.contains { $0 > 1.9 } && values.contains { $0 < -1.9 })
    // A standard normal distribution cut at ±2 has deviation 0.879626 and 0.715229 of it within ±1
    // (scipy.stats.truncnorm). The bounds are five standard errors wide.
    #expect(abs(mean) < 5 * 0.88 / count.squareRoot())
    #expect(abs(spread - 0.879626) < 5 * 0.5 / count.squareRoot())
    #expect(abs(within - 0.715229) < 5 * 0.46 / count.squareRoot())
  }

  @Test func normsAreOneAndBiasesZero() throws {
    for head in [Head.languageModel, .classification(classCount: 3)] {
      let parameters = parameters(head, seed: 1)
      for (index, slot) in parameters.layout.slots.enumerated() where slot.shape.count == 1 {
        let expected: Float = slot.name.hasSuffix("norm") ? 1 : 0
        #expect(parameters.values(index).allSatisfy { $0 == expected }, "\(slot.name)")
        #expect(slot.name.hasSuffix("norm") || slot.name.hasSuffix("bias"))
      }
    }
  }

  @Test func numbersAreAFunctionOfSeedSlotAndPlace() throws {
    let one = parameters(.languageModel, seed: 1)
    let again = parameters(.languageModel, seed: 1)
    let other = parameters(.languageModel, seed: 2)
    for (index, slot) in one.layout.slots.enumerated() where slot.shape.count == 2 {
      #expect(Array(one.values(index)) == Array(again.values(index)))
      let equal = zip(one.values(index), other.values(index)).count { $0 == $1 }
      #expect(equal < slot.count / 100, "\(slot.name) hardly depends on the seed")
    }
    // Slots of one shape hold different numbers.
    #expect(
      try values(one, "layer.0.attention.output") != values(one, "layer.1.attention.output"))
    // A larger vocabulary adds rows and leaves the others.
    var larger = configuration
    larger.vocabularySize = 1500
    let grown = Parameters(ParameterLayout(larger, head: .languageModel))
    grown.initialize(seed: 1)
    let embedding = try values(one, "embedding.token")
    #expect(try Array(values(grown, "embedding.token")[..<embedding.count]) == embedding)
  }

  @Test func aNewHeadLeavesTheRest() throws {
    let trained = parameters(.languageModel, seed: 1)
    let classifier = Parameters(
      ParameterLayout(configuration, head: .classification(classCount: 3)))
    let missing = classifier.copyShared(from: trained)
    #expect(missing == ["head.classifier.weight", "head.classifier.bias"])
    let before = classifier.copy()
    classifier.initialize(seed: 9, only: Set(missing))
    for (index, slot) in classifier.layout.slots.enumerated() {
      let (old, new) = (Array(before.values(index)), Array(classifier.values(index)))
      if slot.name == "head.classifier.weight" {
        #expect(old.allSatisfy { $0 == 0 } && new.allSatisfy { $0 != 0 })
      } else {
        #expect(old == new, "\(slot.name)")
      }
      if !missing.contains(slot.name) { #expect(try new == values(trained, slot.name)) }
    }
    // What is drawn does not depend on what is left alone.
    #expect(
      try values(classifier, "head.classifier.weight")
        == values(
          parameters(.classification(classCount: 3), seed: 9), "head.classifier.weight"))
  }

  @Test func aHeadOfAnotherSizeIsMissing() {
    let three = parameters(.classification(classCount: 3), seed: 1)
    let four = Parameters(ParameterLayout(configuration, head: .classification(classCount: 4)))
    #expect(
      four.copyShared(from: three) == ["head.classifier.weight", "head.classifier.bias"])
  }
}
