import MLMNumerics

/// Turns rows of tokens into rows of numbers: the weights, and how they are used.
///
/// A value that may be shared between threads: all that a pass writes is in ``Activations`` and, for
/// gradients, in ``Parameters`` of the caller's.
package struct Transformer: Sendable {
  package let configuration: TransformerConfiguration
  package let parameters: Parameters
  /// The angles of rotary positions; none where positions are learned.
  let rotary: RotaryTable?
  /// Those of the layers that see only places nearby.
  let localRotary: RotaryTable?
  package var processor: Processor

  package init(
    _ configuration: TransformerConfiguration, parameters: Parameters,
    processor: Processor = .current
  ) {
    self.configuration = configuration
    self.parameters = parameters
    self.processor = processor
    if processor.precision == .bfloat16 { self.processor.packedWeights = PackedWeights() }
    func table(_ base: Float) -> RotaryTable {
      RotaryTable(
        maximumLength: configuration.maximumLength, headWidth: configuration.headWidth,
        theta: base)
    }
    let isRotary = configuration.positions == .rotary
    rotary = isRotary ? table(configuration.rotaryBase) : nil
    let local = configuration.localAttention.map(\.rotaryBase)
    localRotary =
      isRotary && local != nil && local != configuration.rotaryBase
      ? local.map(table) : rotary
  }

  package var layout: ParameterLayout { parameters.layout }

  /// The angles of a layer.
  func rotary(ofLayer layer: Int) -> RotaryTable? {
    configuration.isLocal(layer) ? localRotary : rotary
  }
}

extension Transformer {
  /// y = x·Wᵀ + b.
  func linear(_ y: Matrix, _ x: Matrix, _ weights: ParameterLayout.Weights) {
    if let parts = parameters.scatteredRows(weights.weight) {
      var first = 0
      for part in parts {
        processor.linearForward(
          y.columns(first..<first + part.rows), x, part,
          bias: constant(weights.bias).map { $0 + first })
        first += part.rows
      }
      return
    }
    processor.linearForward(
      y, x, parameters.matrix(weights.weight), bias: constant(weights.bias))
  }

  /// The gradient of `linear`; that of x is added to `inputGradient` or overwrites it.
  func linearBackward(
    _ inputGradient: Matrix, _ outputGradient: Matrix, input: Matrix,
    _ weights: ParameterLayout.Weights, _ gradients: Parameters, accumulates: Bool = false
  ) {
    linearInputGradient(inputGradient, outputGradient, weights, accumulates: accumulates)
    linearWeightGradient(outputGradient, input: input, weights, gradients)
  }

  /// The part of `linearBackward` that does without the input.
  func linearInputGradient(
    _ inputGradient: Matrix, _ outputGradient: Matrix, _ weights: ParameterLayout.Weights,
    accumulates: Bool = false
  ) {
    processor.linearInputGradient(
      inputGradient, outputGradient: outputGradient, weight: parameters.matrix(weights.weight),
      accumulates: accumulates)
  }

  /// The part of `linearBackward` that does without the weights.
  func linearWeightGradient(
    _ outputGradient: Matrix, input: Matrix, _ weights: ParameterLayout.Weights,
    _ gradients: Parameters
  ) {
    processor.linearWeightGradient(
      gradients.matrix(weights.weight), biasGradient: weights.bias.map(gradients.vector),
      outputGradient: outputGradient, input: input)
  }

  /// y = norm(x).
  func normalize(
    _ y: Matrix, _ x: Matrix, _ weights: ParameterLayout.Weights,
    _ statistics: Activations.NormStatistics
  ) {
    processor.layerNormForward(
      y, x, weight: UnsafePointer(parameters.vector(weights.weight)),
      bias: constant(weights.bias), epsilon: configuration.normEpsilon, mean: statistics.mean,
      inverseDeviation: statistics.inverseDeviation)
  }

  /// The gradient of `normalize`.
  ///
  /// Where it is not added to what `inputGradient` holds, that may be `outputGradient` itself.
  func normalizeBackward(
    _ inputGradient: Matrix, _ outputGradient: Matrix, input: Matrix,
    _ weights: ParameterLayout.Weights, _ statistics: Activations.NormStatistics,
    _ gradients: Parameters, accumulates: Bool
  ) {
    processor.layerNormBackward(
      inputGradient: inputGradient, weightGradient: gradients.vector(weights.weight),
      biasGradient: weights.bias.map(gradients.vector), outputGradient: outputGradient,
      input: input, weight: UnsafePointer(parameters.vector(weights.weight)),
      mean: statistics.mean, inverseDeviation: statistics.inverseDeviation,
      accumulatesInput: accumulates)
  }

  /// Keeps what a matrix holds now for the backward pass.
  func keep(_ kept: KeptMatrix) {
    Profile.shared.measure(.elementwise) { processor.keep(kept) }
  }

  /// Brings back what was kept.
  func restore(_ kept: KeptMatrix) {
    Profile.shared.measure(.elementwise) { processor.restore(kept) }
  }

  private func constant(_ slot: Int?) -> UnsafePointer<Float>? {
    slot.map { UnsafePointer(parameters.vector($0)) }
  }
}
