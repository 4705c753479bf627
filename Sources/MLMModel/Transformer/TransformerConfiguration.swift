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
    ]
    for (field, value, limit) in limits {
      try require(
        (1...limit).contains(value), field, "expected a number from 1 to \(limit), found \(value)")
    }
    try require(
      width % headCount == 0, "width",
      "expected a multiple of the \(headCount) heads, found \(width)")
    try require(
      headWidth % 2 == 0, "width",
      "rotary positions need an even number per head, found \(headWidth) (\(width) / \(headCount))")
    try require(
      normEpsilon > 0 && normEpsilon.isFinite, "norm epsilon",
      "expected a positive number, found \(normEpsilon)")
    try require(
      rotaryBase > 1 && rotaryBase.isFinite, "rotary base",
      "expected a number above 1, found \(rotaryBase)")
    // The table of rotary positions is made at once.
    try require(
      maximumLength * headWidth <= 1 << 27, "maximum length",
      "expected at most \((1 << 27) / headWidth) with heads of width \(headWidth), found \(maximumLength)"
    )
  }
}
