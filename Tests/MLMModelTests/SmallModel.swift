import MLMModel
import MLMNumerics

/// A model small enough for finite differences, and one training pass over a batch of its own.
struct SmallModel {
  /// What a pass is trained on.
  enum Goal {
    case tokens([LanguageModelHead.Target])
    case sequences(ClassificationTargets)

    static func classes(_ classes: [Int32]) -> Goal { .sequences(.single(classes)) }

    var count: Int {
      switch self {
      case .tokens(let targets): targets.count
      case .sequences(let targets): targets.count
      }
    }
  }

  let description: ModelDescription
  let transformer: Transformer
  let activations: Activations
  private let languageModelHead: LanguageModelHead
  private let classificationHead: ClassificationHead

  init(_ description: ModelDescription, parameters: Parameters) {
    self.description = description
    transformer = Transformer(description.transformer, parameters: parameters)
    activations = Activations(description.transformer, keepsLayers: true)
    languageModelHead = LanguageModelHead(transformer)
    classificationHead = ClassificationHead(transformer, pooling: description.pooling)
  }

  /// The sum of the goal's cross-entropies; adds `scale` times its gradients to `gradients`.
  func train(
    _ batch: Batch, _ goal: Goal, scale: Float = 1, into gradients: Parameters,
    dropout: Dropout? = nil
  ) -> Double {
    transformer.forward(batch, into: activations, dropout: dropout)
    let outputGradient = FloatBuffer(count: batch.rowCount * description.transformer.width)
    let gradient = outputGradient.matrix(
      rows: batch.rowCount, columns: description.transformer.width)
    let loss =
      switch goal {
      case .tokens(let targets):
        languageModelHead.train(
          on: targets, output: activations.output, scale: scale, outputGradient: gradient,
          gradients: gradients)
      case .sequences(let targets):
        classificationHead.train(
          on: targets, batch, output: activations.output, scale: scale, outputGradient: gradient,
          gradients: gradients, dropout: dropout)
      }
    transformer.backward(
      outputGradient: gradient, batch, activations, into: gradients, dropout: dropout)
    withExtendedLifetime(outputGradient) {}
    return loss
  }
}

extension ModelDescription {
  /// Two layers of width 8 with two heads over 13 tokens.
  static func small(
    _ head: Head, attention: TransformerConfiguration.Attention = .bidirectional,
    pooling: Pooling = .mean
  ) -> ModelDescription {
    ModelDescription(
      transformer: TransformerConfiguration(
        vocabularySize: 13, layerCount: 2, width: 8, feedForwardWidth: 6, headCount: 2,
        maximumLength: 16, attention: attention),
      head: head, pooling: pooling)
  }
}

extension Parameters {
  /// Fills every slot with numbers of the size that trained ones have: matrices around 0, norms
  /// around 1.
  func fillWidely(seed: UInt64, spread: Float = 0.6) {
    let random = RandomStream(seed: seed, stream: 0)
    for (index, slot) in layout.slots.enumerated() {
      let center: Float = slot.name.hasSuffix("norm") ? 1 : 0
      for place in 0..<slot.count {
        let uniform = random.uniform(step: UInt64(index), position: UInt64(place))
        values(index)[place] = center + spread * Float(2 * uniform - 1)
      }
    }
  }
}

extension Batch {
  /// Sequences of the given lengths, of tokens drawn below `vocabularySize`.
  static func drawn(_ lengths: [Int], vocabularySize: Int, seed: UInt64) -> Batch {
    let random = RandomStream(seed: seed, stream: 1)
    return Batch(
      lengths.enumerated().map { sequence, length in
        (0..<length).map { place in
          Int32(random.below(vocabularySize, step: UInt64(sequence), position: UInt64(place)))
        }
      })
  }
}
