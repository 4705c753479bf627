import MLMModel
import MLMNumerics

/// A model small enough for finite differences, and one training pass over a batch of its own.
struct SmallModel {
  /// What a pass is trained on.
  enum Goal {
    case tokens([LanguageModelHead.Target])
    case sequences(ClassificationTargets)
    case replaced([Bool])

    static func classes(_ classes: [Int32]) -> Goal { .sequences(.single(classes)) }

    var count: Int {
      switch self {
      case .tokens(let targets): targets.count
      case .sequences(let targets): targets.count
      case .replaced(let answers): answers.count
      }
    }
  }

  let description: ModelDescription
  let transformer: Transformer
  let activations: Activations
  private let languageModelHead: LanguageModelHead
  private let classificationHead: ClassificationHead
  private let tokenScoreHead: TokenScoreHead

  /// - Parameter keptPrecision: In which form the backward pass finds what it needs; the processor's if
  ///   nil, as in training.
  init(
    _ description: ModelDescription, parameters: Parameters, processor: Processor = .current,
    keeping keptPrecision: Precision? = nil
  ) {
    self.description = description
    transformer = Transformer(
      description.transformer, parameters: parameters, processor: processor)
    activations = Activations(
      description.transformer, keeping: keptPrecision ?? processor.precision)
    languageModelHead = LanguageModelHead(transformer)
    classificationHead = ClassificationHead(transformer, pooling: description.pooling)
    tokenScoreHead = TokenScoreHead(transformer)
  }

  /// The sum of the goal's cross-entropies; adds `scale` times its gradients to `gradients`.
  ///
  /// - Parameter onlyTargets: Whether the last layer computes the rows of predicted tokens only, as
  ///   pretraining does.
  func train(
    _ batch: Batch, _ goal: Goal, scale: Float = 1, into gradients: Parameters,
    dropout: Dropout? = nil, onlyTargets: Bool = true
  ) -> Double {
    var (goal, outputRows) = (goal, [Int32]?.none)
    if onlyTargets, case .tokens(let targets) = goal {
      outputRows = targets.map(\.row)
      goal = .tokens(targets.enumerated().map { .init(row: Int32($0), token: $1.token) })
    }
    transformer.forward(batch, into: activations, dropout: dropout, outputRows: outputRows)
    let output = activations.output
    let outputGradient = FloatBuffer(count: output.rows * output.columns)
    let gradient = outputGradient.matrix(rows: output.rows, columns: output.columns)
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
      case .replaced(let answers):
        tokenScoreHead.train(
          on: answers, output: activations.output, scale: scale, outputGradient: gradient,
          gradients: gradients)
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
    pooling: Pooling = .mean, _ switches: (inout TransformerConfiguration) -> Void = { _ in }
  ) -> ModelDescription {
    var shape = TransformerConfiguration(
      vocabularySize: 13, layerCount: 2, width: 8, feedForwardWidth: 6, headCount: 2,
      maximumLength: 16, attention: attention)
    switches(&shape)
    return ModelDescription(transformer: shape, head: head, pooling: pooling)
  }
}

extension Parameters {
  /// Fills every slot with numbers of the size that trained ones have: matrices around 0, norms
  /// around 1.
  func fillWidely(seed: UInt64, spread: Float = 0.6) {
    let random = RandomStream(seed: seed, stream: 0)
    for (index, slot) in layout.slots.enumerated() {
      let center: Float = slot.name.hasSuffix("norm") ? 1 : 0
      // Sums of small embeddings would be normalized by a small deviation, and losses be curved.
      let isSummed = layout.positionEmbedding != nil && slot.name.hasPrefix("embedding.")
      let spread = isSummed && center == 0 ? 2.5 * spread : spread
      for place in 0..<slot.count {
        let uniform = random.uniform(step: UInt64(index), position: UInt64(place))
        values(index)[place] = center + spread * Float(2 * uniform - 1)
      }
    }
  }
}

extension Batch {
  /// Sequences of the given lengths, of tokens drawn below `vocabularySize`.
  ///
  /// - Parameter typeCount: Types that the tokens have, one after the other.
  static func drawn(
    _ lengths: [Int], vocabularySize: Int, seed: UInt64, typeCount: Int = 1
  ) -> Batch {
    let random = RandomStream(seed: seed, stream: 1)
    var batch = Batch()
    for (sequence, length) in lengths.enumerated() {
      batch.append(
        (0..<length).map { place in
          Int32(random.below(vocabularySize, step: UInt64(sequence), position: UInt64(place)))
        },
        types: (0..<length).map { Int32($0 % typeCount) })
    }
    return batch
  }
}

/// Switches that the families set, on the small model.
enum Switches {
  typealias Change = @Sendable (inout TransformerConfiguration) -> Void

  /// BERT's block, with an activation that has no kink, and two types of tokens.
  static let bert: Change = { shape in
    shape.useBERTBlock(activation: .gelu, positions: .learned(count: 16, padding: nil))
    shape.tokenTypeCount = 2
  }

  /// Positions that start behind those of a padding token that does not occur.
  static let roberta: Change = { shape in
    shape.useBERTBlock(activation: .silu, positions: .learned(count: 30, padding: 13))
    shape.languageModelHead.isTied = false
  }

  /// Embeddings of another width, which are projected.
  static let electra: Change = { shape in
    bert(&shape)
    shape.embeddingWidth = 12
    shape.activation = .geluTanh
    shape.classificationHead.activation = .gelu
  }

  /// Every bias that ModernBERT may have, another gate, and a layer whose places see one place to
  /// either side.
  static let modern: Change = { shape in
    shape.activation = .silu
    shape.normHasBias = true
    (shape.attentionHasBias, shape.feedForwardHasBias) = (true, true)
    shape.languageModelHead.denseHasBias = true
    shape.classificationHead.denseHasBias = true
    shape.localAttention = .init(reach: 1, rotaryBase: 50, layers: [false, true])
  }

  /// Scores without a bias, and norms before sublayers with learned positions.
  static let mixed: Change = { shape in
    shape.positions = .learned(count: 16, padding: nil)
    shape.languageModelHead.scoresHaveBias = false
    shape.languageModelHead.activation = .geluTanh
    shape.feedForwardIsGated = false
    shape.activation = .tanh
  }
}
