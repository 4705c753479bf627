/// The one list of a model's parameters.
///
/// Storage, gradients, optimizer state, initialization and files all derive from it.
package struct ParameterLayout: Hashable, Sendable {
  /// How a parameter is initialized.
  package enum Initialization: Hashable, Sendable {
    case ones, zeros
    /// Normal with this deviation, cut off at two deviations.
    case truncatedNormal(deviation: Float)
  }

  /// One tensor and its place in the storage.
  package struct Slot: Hashable, Sendable {
    package let name: String
    /// Sizes, outermost first; vectors have one.
    package let shape: [Int]
    /// Offset of the first number in the storage, a multiple of 16 (64 bytes).
    package let start: Int
    package let initialization: Initialization
    /// The matrices between hidden layers that are stacked in it by rows: query, key and value are
    /// three; 0 for an embedding, a head or a vector.
    package let hiddenMatrixCount: Int

    package var count: Int { shape.reduce(1, *) }
    package var range: Range<Int> { start..<start + count }
    /// Weight decay is for matrices: it would pull norms towards zero, where they mean "off".
    package var decays: Bool { shape.count == 2 }
  }

  /// Indices into `slots` of one layer's parameters.
  package struct Layer: Hashable, Sendable {
    /// Absent in the first layer, whose input the embedding norm has just normalized.
    package let attentionNorm: Int?
    package let queryKeyValue, attentionOutput: Int
    package let feedForwardNorm, feedForwardInput, feedForwardOutput: Int
  }

  package private(set) var slots: [Slot] = []
  /// Numbers in the storage, gaps included.
  package private(set) var storageCount = 0
  package private(set) var tokenEmbedding = 0
  package private(set) var embeddingNorm = 0
  package private(set) var layers: [Layer] = []
  package private(set) var finalNorm = 0
  /// The head's dense layer and norm, which both heads have.
  package private(set) var headDense: Int?
  package private(set) var headNorm: Int?
  /// Added to the scores over the vocabulary; their matrix is the token embedding.
  package private(set) var vocabularyBias: Int?
  package private(set) var classifierWeight: Int?
  package private(set) var classifierBias: Int?

  package init(_ configuration: TransformerConfiguration, head: Head) {
    let width = configuration.width
    let feedForward = configuration.feedForwardWidth
    // ModernBERT's published initialization: 0.02 for what reads the residual stream, divided by
    // sqrt(2 · layers) for what writes to it, so that the stream's variance does not grow with depth.
    // Its code counts the heads' dense layer among the latter.
    let reading = Initialization.truncatedNormal(deviation: 0.02)
    let writing = Initialization.truncatedNormal(
      deviation: 0.02 / Float(2 * configuration.layerCount).squareRoot())

    tokenEmbedding = add("embedding.token", [configuration.vocabularySize, width], reading)
    embeddingNorm = add("embedding.norm", [width], .ones)
    for index in 0..<configuration.layerCount {
      let name = "layer.\(index)"
      layers.append(
        Layer(
          attentionNorm: index == 0 ? nil : add("\(name).attention.norm", [width], .ones),
          queryKeyValue: add(
            "\(name).attention.query_key_value", [3 * width, width], reading, hiddenMatrixCount: 3),
          attentionOutput: add(
            "\(name).attention.output", [width, width], writing, hiddenMatrixCount: 1),
          feedForwardNorm: add("\(name).feed_forward.norm", [width], .ones),
          feedForwardInput: add(
            "\(name).feed_forward.input", [2 * feedForward, width], reading, hiddenMatrixCount: 2),
          feedForwardOutput: add(
            "\(name).feed_forward.output", [width, feedForward], writing, hiddenMatrixCount: 1)))
    }
    finalNorm = add("final_norm", [width], .ones)
    guard head != .none else { return }
    headDense = add("head.dense", [width, width], writing)
    headNorm = add("head.norm", [width], .ones)
    switch head {
    case .none: break
    case .languageModel:
      vocabularyBias = add("head.vocabulary_bias", [configuration.vocabularySize], .zeros)
    case .classification(let classCount):
      classifierWeight = add(
        "head.classifier.weight", [classCount, width],
        .truncatedNormal(deviation: 1 / Float(width).squareRoot()))
      classifierBias = add("head.classifier.bias", [classCount], .zeros)
    }
  }

  private mutating func add(
    _ name: String, _ shape: [Int], _ initialization: Initialization, hiddenMatrixCount: Int = 0
  ) -> Int {
    let slot = Slot(
      name: name, shape: shape, start: storageCount, initialization: initialization,
      hiddenMatrixCount: hiddenMatrixCount)
    slots.append(slot)
    storageCount += (slot.count + 15) / 16 * 16
    return slots.count - 1
  }

  /// Number of trained numbers.
  package var parameterCount: Int { slots.reduce(0) { $0 + $1.count } }
}
