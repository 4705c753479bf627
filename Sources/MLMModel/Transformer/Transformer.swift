import MLMNumerics

/// Turns rows of tokens into rows of numbers: the weights, and how they are used.
///
/// A value that may be shared between threads: all that a pass writes is in ``Activations`` and, for
/// gradients, in ``Parameters`` of the caller's.
package struct Transformer: Sendable {
  package let configuration: TransformerConfiguration
  package let parameters: Parameters
  package let rotary: RotaryTable
  package var processor: Processor

  package init(
    _ configuration: TransformerConfiguration, parameters: Parameters,
    processor: Processor = .current
  ) {
    self.configuration = configuration
    self.parameters = parameters
    self.processor = processor
    if processor.precision == .bfloat16 { self.processor.packedWeights = PackedWeights() }
    rotary = RotaryTable(
      maximumLength: configuration.maximumLength, headWidth: configuration.headWidth,
      theta: configuration.rotaryBase)
  }

  package var layout: ParameterLayout { parameters.layout }

  /// The parameters of a layer norm.
  func norm(_ slot: Int) -> UnsafePointer<Float> { UnsafePointer(parameters.vector(slot)) }
}
