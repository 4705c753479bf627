import MLMNumerics

/// What a head consists of: a dense layer, an activation and maybe a norm, then a layer of scores.
///
/// The default values describe ModernBERT's heads.
package struct HeadShape: Hashable, Sendable {
  /// Whether the dense layer adds a bias.
  package var denseHasBias = false
  package var activation = ActivationFunction.gelu
  package var hasNorm = true
  /// Whether the scores have a bias.
  package var scoresHaveBias = true
  /// Whether the scores of tokens are products with the token embeddings, not with a matrix of their
  /// own.
  package var isTied = true
  /// Whether a classification head begins with the dense layer and norm of the language-model head.
  package var sharesTransform = true

  package init(
    denseHasBias: Bool = false, activation: ActivationFunction = .gelu, hasNorm: Bool = true,
    scoresHaveBias: Bool = true, isTied: Bool = true, sharesTransform: Bool = true
  ) {
    self.denseHasBias = denseHasBias
    self.activation = activation
    self.hasNorm = hasNorm
    self.scoresHaveBias = scoresHaveBias
    self.isTied = isTied
    self.sharesTransform = sharesTransform
  }
}
