import MLMModel
import Testing

/// Shapes whose numbers do not fit each other are refused before anything is computed from them.
@Suite struct ValidationTests {
  private let shape = TransformerConfiguration(
    vocabularySize: 40, layerCount: 2, width: 16, feedForwardWidth: 12, headCount: 2)

  @Test func aShapeThatFitsIsAccepted() throws {
    try shape.validate()
    for preset in Preset.allCases { try preset.configuration(vocabularySize: 1).validate() }
  }

  @Test(
    arguments: [
      (\TransformerConfiguration.vocabularySize, "vocabulary size"), (\.layerCount, "layers"),
      (\.width, "width"), (\.feedForwardWidth, "feed-forward width"), (\.headCount, "heads"),
      (\.maximumLength, "maximum length"),
    ] as [(WritableKeyPath<TransformerConfiguration, Int> & Sendable, String)])
  func sizesHaveBounds(
    _ field: WritableKeyPath<TransformerConfiguration, Int> & Sendable, _ name: String
  ) throws {
    for value in [0, -1, Int.min, Int.max, 1 << 25] {
      var shape = shape
      shape[keyPath: field] = value
      try expect(shape, name, "found \(value)")
    }
  }

  @Test func headsShareTheWidth() throws {
    var three = shape
    three.headCount = 3
    try expect(three, "width", "a multiple of the 3 heads, found 16")
    var odd = shape
    odd.width = 14
    try expect(odd, "width", "an even number per head, found 7")
    var wide = shape
    (wide.width, wide.maximumLength) = (1 << 16, 1 << 20)
    try expect(wide, "maximum length", "at most 512")
  }

  @Test(arguments: [0, -1, Float.nan, .infinity])
  func epsilonIsPositive(_ value: Float) throws {
    var shape = shape
    shape.normEpsilon = value
    try expect(shape, "norm epsilon", "found \(value)")
  }

  @Test(arguments: [1, 0, -5, Float.nan, .infinity])
  func rotaryBaseIsAboveOne(_ value: Float) throws {
    var shape = shape
    shape.rotaryBase = value
    try expect(shape, "rotary base", "found \(value)")
  }

  private func expect(
    _ shape: TransformerConfiguration, _ field: String, _ reason: String
  ) throws {
    let error = try #require(throws: ModelError.self) { try shape.validate() }
    #expect(error.code == .configuration && error.place == field)
    #expect(error.reason.contains(reason), "\(error)")
  }
}
