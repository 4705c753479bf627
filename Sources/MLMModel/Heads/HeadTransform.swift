import MLMNumerics

/// What heads begin with: norm(act(dense(x))), maybe without norm; and its scratch for a number of
/// rows.
package final class HeadTransform {
  private var storage = FloatBuffer(count: 16)
  private let inputWidth, outputWidth: Int
  private let hasNorm: Bool
  let activation: ActivationFunction

  /// - Parameters:
  ///   - transformer: A transformer with a head.
  ///   - activation: The function between dense layer and norm.
  package init(_ transformer: Transformer, activation: ActivationFunction) {
    let layout = transformer.layout
    inputWidth = transformer.configuration.width
    outputWidth = layout.headDense.map { layout.slots[$0.weight].shape[0] } ?? inputWidth
    hasNorm = layout.headNorm != nil
    self.activation = activation
  }

  /// The matrices of one pass over R rows, of width H before the dense layer and E after it.
  package struct Rows {
    /// The rows given: R×H.
    package let input: Matrix
    /// After the dense layer, after the activation, and normalized: R×E.
    ///
    /// Without a norm the last two
    /// are the same.
    package let dense, activated, output: Matrix
    /// Gradient scratch: of the output, R×E, and then of the input, R×H.
    package let outputGradient, inputGradient: Matrix
    let inner: Matrix
    let statistics: Activations.NormStatistics
    let activation: ActivationFunction
  }

  /// Lays out scratch for `count` rows; `input` is for the caller to fill.
  package func prepare(rows count: Int) -> Rows {
    func size(_ columns: Int) -> Int { (count * columns + 15) / 16 * 16 }
    let needed = 2 * size(inputWidth) + 5 * size(outputWidth) + 2 * size(1)
    if needed > storage.count { storage = FloatBuffer(count: needed + needed / 8) }
    var used = 0
    func vector(_ columns: Int) -> UnsafeMutablePointer<Float> {
      defer { used += size(columns) }
      return storage.pointer + used
    }
    func matrix(_ columns: Int) -> Matrix {
      Matrix(vector(columns), rows: count, columns: columns)
    }
    let activated = matrix(outputWidth)
    return Rows(
      input: matrix(inputWidth), dense: matrix(outputWidth), activated: activated,
      output: hasNorm ? matrix(outputWidth) : activated, outputGradient: matrix(outputWidth),
      inputGradient: matrix(inputWidth), inner: matrix(outputWidth),
      statistics: .init(mean: vector(1), inverseDeviation: vector(1)), activation: activation)
  }
}

extension Transformer {
  /// output = norm(act(dense(input))).
  func headTransformForward(_ rows: HeadTransform.Rows) {
    let head = recorded(as: .head)
    guard let dense = layout.headDense else { preconditionFailure("the model has no head") }
    head.linear(rows.dense, rows.input, dense)
    head.processor.activationForward(rows.activated, rows.dense, rows.activation)
    if let norm = layout.headNorm {
      head.normalize(rows.output, rows.activated, norm, rows.statistics)
    }
  }

  /// From `rows.outputGradient` to `rows.inputGradient`.
  func headTransformBackward(_ rows: HeadTransform.Rows, into gradients: Parameters) {
    let head = recorded(as: .head)
    guard let dense = layout.headDense else { preconditionFailure("the model has no head") }
    var gradient = rows.outputGradient
    if let norm = layout.headNorm {
      head.normalizeBackward(
        rows.inner, gradient, input: rows.activated, norm, rows.statistics, gradients,
        accumulates: false)
      gradient = rows.inner
    }
    head.processor.activationBackward(
      inputGradient: gradient, outputGradient: gradient, input: rows.dense, rows.activation)
    head.linearBackward(rows.inputGradient, gradient, input: rows.input, dense, gradients)
  }

  /// The same transformer, whose time is counted as that of a head.
  private func recorded(as phase: Profile.Phase) -> Transformer {
    var copy = self
    copy.processor = processor.recorded(as: phase)
    return copy
  }
}
