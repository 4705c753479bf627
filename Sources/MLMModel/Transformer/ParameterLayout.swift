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

  /// Indices into `slots` of a linear layer's or a layer norm's parameters.
  package struct Weights: Hashable, Sendable {
    package let weight: Int
    package let bias: Int?
  }

  /// Indices into `slots` of one layer's parameters.
  package struct Layer: Hashable, Sendable {
    /// Absent in the first layer where norms come before sublayers: the embedding norm has just
    /// normalized its input.
    package let attentionNorm: Weights?
    package let queryKeyValue, attentionOutput: Weights
    package let feedForwardNorm, feedForwardInput, feedForwardOutput: Weights
  }

  package private(set) var slots: [Slot] = []
  /// Numbers in the storage, gaps included.
  package private(set) var storageCount = 0
  package private(set) var tokenEmbedding = 0
  package private(set) var positionEmbedding: Int?
  package private(set) var tokenTypeEmbedding: Int?
  package private(set) var embeddingNorm = Weights(weight: 0, bias: nil)
  /// From the width of the embeddings to that of the stream, where they differ.
  package private(set) var embeddingProjection: Weights?
  package private(set) var layers: [Layer] = []
  /// Indices into `slots` of all parameters of each layer; layers lie in the storage one after another.
  package private(set) var layerSlots: [Range<Int>] = []
  package private(set) var finalNorm: Weights?
  /// What heads begin with.
  package private(set) var headDense: Weights?
  package private(set) var headNorm: Weights?
  /// The matrix of the scores over the vocabulary: the token embedding where they are tied.
  package private(set) var vocabularyWeight = 0
  package private(set) var vocabularyBias: Int?
  /// The scores of classes, or of whether a token was replaced.
  package private(set) var classifier: Weights?

  package init(_ configuration: TransformerConfiguration, head: Head) {
    let width = configuration.width
    // ModernBERT's published initialization: 0.02 for what reads the residual stream, divided by
    // sqrt(2 · layers) for what writes to it, so that the stream's variance does not grow with depth.
    // Its code counts the heads' dense layer among the latter.
    let reading = Initialization.truncatedNormal(deviation: 0.02)
    let writing = Initialization.truncatedNormal(
      deviation: 0.02 / Float(2 * configuration.layerCount).squareRoot())

    addEmbedding(configuration, reading)
    for index in 0..<configuration.layerCount {
      let name = "layer.\(index)"
      let firstSlot = slots.count
      let hasAttentionNorm = index > 0 || configuration.normPlacement == .after
      layers.append(
        Layer(
          attentionNorm: hasAttentionNorm
            ? addNorm("\(name).attention.norm", width, configuration) : nil,
          queryKeyValue: addLinear(
            "\(name).attention.query_key_value", [3 * width, width], reading,
            hasBias: configuration.attentionHasBias, hiddenMatrixCount: 3),
          attentionOutput: addLinear(
            "\(name).attention.output", [width, width], writing,
            hasBias: configuration.attentionHasBias, hiddenMatrixCount: 1),
          feedForwardNorm: addNorm("\(name).feed_forward.norm", width, configuration),
          feedForwardInput: addLinear(
            "\(name).feed_forward.input", [configuration.feedForwardInputWidth, width], reading,
            hasBias: configuration.feedForwardHasBias,
            hiddenMatrixCount: configuration.feedForwardIsGated ? 2 : 1),
          feedForwardOutput: addLinear(
            "\(name).feed_forward.output", [width, configuration.feedForwardWidth], writing,
            hasBias: configuration.feedForwardHasBias, hiddenMatrixCount: 1)))
      layerSlots.append(firstSlot..<slots.count)
    }
    if configuration.normPlacement == .before {
      finalNorm = addNorm("final_norm", width, configuration)
    }
    addHead(head, configuration, writing)
  }

  private mutating func addEmbedding(
    _ configuration: TransformerConfiguration, _ reading: Initialization
  ) {
    let width = configuration.embeddingWidth
    tokenEmbedding = add("embedding.token", [configuration.vocabularySize, width], reading)
    vocabularyWeight = tokenEmbedding
    if case .learned(let count, _) = configuration.positions {
      positionEmbedding = add("embedding.position", [count, width], reading)
    }
    if configuration.tokenTypeCount > 0 {
      tokenTypeEmbedding = add("embedding.type", [configuration.tokenTypeCount, width], reading)
    }
    embeddingNorm = addNorm("embedding.norm", width, configuration)
    if width != configuration.width {
      embeddingProjection = addLinear(
        "embedding.projection", [configuration.width, width], reading, hasBias: true)
    }
  }

  private mutating func addHead(
    _ head: Head, _ configuration: TransformerConfiguration, _ writing: Initialization
  ) {
    let width = configuration.width
    let scores = Initialization.truncatedNormal(deviation: 1 / Float(width).squareRoot())
    switch head {
    case .none:
      if configuration.hasPooler {
        _ = addLinear(
          "pooler.dense", [width, width], writing,
          hasBias: configuration.classificationHead.denseHasBias)
      }
    case .languageModel:
      let shape = configuration.languageModelHead
      // Products with token embeddings need rows of their width.
      addTransform("head", shape, configuration.embeddingWidth, configuration, writing)
      if !shape.isTied {
        vocabularyWeight = add(
          "head.vocabulary", [configuration.vocabularySize, configuration.embeddingWidth], writing)
      }
      if shape.scoresHaveBias {
        vocabularyBias = add("head.vocabulary_bias", [configuration.vocabularySize], .zeros)
      }
    case .classification(let classCount):
      let shape = configuration.classificationHead
      addTransform(
        shape.sharesTransform ? "head" : "pooler", shape, width, configuration, writing)
      addClassifier(classCount, width, scores, hasBias: shape.scoresHaveBias)
    case .replacedTokens:
      let shape = HeadShape(
        denseHasBias: true, activation: configuration.activation, hasNorm: false)
      addTransform("head", shape, width, configuration, writing)
      addClassifier(1, width, scores, hasBias: true)
    }
  }

  private mutating func addTransform(
    _ name: String, _ shape: HeadShape, _ outputWidth: Int,
    _ configuration: TransformerConfiguration, _ writing: Initialization
  ) {
    headDense = addLinear(
      "\(name).dense", [outputWidth, configuration.width], writing, hasBias: shape.denseHasBias)
    if shape.hasNorm { headNorm = addNorm("\(name).norm", outputWidth, configuration) }
  }

  private mutating func addClassifier(
    _ count: Int, _ width: Int, _ initialization: Initialization, hasBias: Bool
  ) {
    classifier = Weights(
      weight: add("head.classifier.weight", [count, width], initialization),
      bias: hasBias ? add("head.classifier.bias", [count], .zeros) : nil)
  }

  private mutating func addLinear(
    _ name: String, _ shape: [Int], _ initialization: Initialization, hasBias: Bool,
    hiddenMatrixCount: Int = 0
  ) -> Weights {
    Weights(
      weight: add(name, shape, initialization, hiddenMatrixCount: hiddenMatrixCount),
      bias: hasBias ? add("\(name).bias", [shape[0]], .zeros) : nil)
  }

  private mutating func addNorm(
    _ name: String, _ width: Int, _ configuration: TransformerConfiguration
  ) -> Weights {
    Weights(
      weight: add(name, [width], .ones),
      bias: configuration.normHasBias ? add("\(name).bias", [width], .zeros) : nil)
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

  /// Indices into `slots` of what belongs to no layer: embeddings, the last norm, the head.
  package var slotsOutsideLayers: [Int] {
    let inside = (layerSlots.first?.lowerBound ?? 0)..<(layerSlots.last?.upperBound ?? 0)
    return slots.indices.filter { !inside.contains($0) }
  }

  /// Where slots start, and how many numbers there are, if all layers lie in the memory of the largest.
  package var placesSharingLayers: (starts: [Int], count: Int) {
    let ranges = layerSlots.map { layer in
      let end = layer.upperBound
      return slots[layer.lowerBound].start..<(end < slots.count ? slots[end].start : storageCount)
    }
    let all = (ranges.first?.lowerBound ?? 0)..<(ranges.last?.upperBound ?? 0)
    let saved = all.count - (ranges.map(\.count).max() ?? 0)
    var starts = slots.map { $0.start < all.upperBound ? $0.start : $0.start - saved }
    for (layer, range) in zip(layerSlots, ranges) {
      for slot in layer { starts[slot] -= range.lowerBound - all.lowerBound }
    }
    return (starts, storageCount - saved)
  }

  /// Number of trained numbers.
  package var parameterCount: Int { slots.reduce(0) { $0 + $1.count } }
}
