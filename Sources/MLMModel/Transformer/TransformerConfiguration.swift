import MLMNumerics

/// The shape of a transformer: everything that decides which weights exist and how they are used.
///
/// The default values describe ModernBERT's block (Warner et al. 2024, arXiv 2412.13663): norms before
/// each sublayer and without bias, a norm after the embedding and after the last layer, rotary
/// positions, a GeGLU feed-forward network and no biases in linear layers.
public struct TransformerConfiguration: Hashable, Sendable {
  /// Which places a place may attend to.
  public enum Attention: String, Hashable, Sendable {
    /// Every place sees its whole sequence.
    case bidirectional
    /// A place sees itself and the places before it.
    case causal
  }

  /// Number of token identifiers, special tokens included.
  public var vocabularySize: Int
  /// Number of layers, each one attention and one feed-forward network.
  public var layerCount: Int
  /// Numbers per place in the residual stream.
  public var width: Int
  /// Width of the feed-forward network between its two linear layers, after gating.
  public var feedForwardWidth: Int
  /// Attention heads; each has `width / headCount` numbers.
  public var headCount: Int
  /// The longest sequence accepted, in tokens, special tokens included.
  public var maximumLength: Int
  /// Added to the variance inside layer norms.
  public var normEpsilon: Float
  /// Base of the rotary frequencies.
  public var rotaryBase: Float
  /// Which places a place may attend to.
  public var attention: Attention

  /// Whether norms come before a sublayer, with one more after the last layer, or after a sublayer
  /// has been added to the stream.
  package var normPlacement = NormPlacement.before
  /// Whether layer norms add a bias.
  package var normHasBias = false
  /// How a place is told from another.
  package var positions = Positions.rotary
  /// Types that tokens may have, such as first and second text of a pair; 0 where there are none.
  package var tokenTypeCount = 0
  /// Width of the embeddings where it is not the stream's, to which they are then projected.
  private var ownEmbeddingWidth: Int?
  /// Whether the linear layers of attention add a bias.
  package var attentionHasBias = false
  /// Whether the linear layers of the feed-forward network add a bias.
  package var feedForwardHasBias = false
  /// Whether the feed-forward network multiplies its activated half by another.
  package var feedForwardIsGated = true
  /// The activation of the feed-forward network.
  package var activation = ActivationFunction.gelu
  /// The layers that see only places nearby; none if nil.
  package var localAttention: LocalAttention?
  /// The token whose embedding is not trained where it occurs in a text, as PyTorch's padding index.
  package var paddingToken: Int32?
  /// What scores over the vocabulary are computed with.
  package var languageModelHead = HeadShape()
  /// What scores over classes are computed with.
  package var classificationHead = HeadShape()
  /// Whether a model without a head keeps the first layer of a classification head, which is used
  /// when it gets one.
  package var hasPooler = false

  /// Creates a configuration.
  public init(
    vocabularySize: Int, layerCount: Int, width: Int, feedForwardWidth: Int, headCount: Int,
    maximumLength: Int = 512, normEpsilon: Float = 1e-5, rotaryBase: Float = 10_000,
    attention: Attention = .bidirectional
  ) {
    self.vocabularySize = vocabularySize
    self.layerCount = layerCount
    self.width = width
    self.feedForwardWidth = feedForwardWidth
    self.headCount = headCount
    self.maximumLength = maximumLength
    self.normEpsilon = normEpsilon
    self.rotaryBase = rotaryBase
    self.attention = attention
  }

  /// Width of the embeddings; the stream's unless told otherwise.
  package var embeddingWidth: Int {
    get { ownEmbeddingWidth ?? width }
    set { ownEmbeddingWidth = newValue == width ? nil : newValue }
  }

  /// Numbers per head.
  package var headWidth: Int { width / headCount }

  /// Checks that the numbers fit each other.
  ///
  /// - Throws: ``ModelError`` naming the field, with code `configuration`.
  public func validate() throws(ModelError) {
    func require(_ holds: Bool, _ field: String, _ reason: String) throws(ModelError) {
      if !holds { throw ModelError(.configuration, field, reason) }
    }
    // Far above any model for a CPU; what they bound can be multiplied without overflow.
    let limits = [
      ("vocabulary size", vocabularySize, 1 << 24), ("layers", layerCount, 1 << 10),
      ("width", width, 1 << 16), ("feed-forward width", feedForwardWidth, 1 << 18),
      ("heads", headCount, 1 << 12), ("maximum length", maximumLength, 1 << 20),
      ("embedding width", embeddingWidth, 1 << 16),
    ]
    for (field, value, limit) in limits {
      try require(
        (1...limit).contains(value), field, "expected a number from 1 to \(limit), found \(value)")
    }
    try require(
      width % headCount == 0, "width",
      "expected a multiple of the \(headCount) heads, found \(width)")
    try require(
      (0...1 << 10).contains(tokenTypeCount), "token types",
      "expected a number from 0 to \(1 << 10), found \(tokenTypeCount)")
    try require(
      normEpsilon > 0 && normEpsilon.isFinite, "norm epsilon",
      "expected a positive number, found \(normEpsilon)")
    try validatePositions()
  }

  private func validatePositions() throws(ModelError) {
    func require(_ holds: Bool, _ field: String, _ reason: String) throws(ModelError) {
      if !holds { throw ModelError(.configuration, field, reason) }
    }
    if let local = localAttention {
      try require(
        (0...1 << 20).contains(local.reach), "local attention",
        "expected a window of 1 place or more, found a reach of \(local.reach)")
      try require(
        local.layers.count == layerCount, "local attention",
        "expected a kind for each of \(layerCount) layers, found \(local.layers.count)")
    }
    switch positions {
    case .learned(let count, let padding):
      let first = Int(padding ?? -1) + 1
      try require(
        (1...1 << 20).contains(count) && (0..<count).contains(first), "positions",
        "expected 1 to \(1 << 20), and more than the \(first) before the first, found \(count)")
      try require(
        maximumLength <= count - first, "maximum length",
        "expected at most the \(count - first) positions, found \(maximumLength)")
    case .rotary:
      try require(
        headWidth % 2 == 0, "width",
        "rotary positions need an even number per head, found \(headWidth) (\(width) / \(headCount))"
      )
      for base in [rotaryBase, localAttention?.rotaryBase ?? rotaryBase] {
        try require(
          base > 1 && base.isFinite, "rotary base", "expected a number above 1, found \(base)")
      }
      // The table of rotary positions is made at once.
      try require(
        maximumLength * headWidth <= 1 << 24, "maximum length",
        "expected at most \((1 << 24) / headWidth) with heads of width \(headWidth), found \(maximumLength)"
      )
    }
  }
}
