import MLMNumerics

/// What both heads begin with: norm(gelu(dense(x))), and its scratch for a number of rows.
package final class HeadTransform {
  private var storage = FloatBuffer(count: 16)
  private let width: Int

  package init(width: Int) {
    self.width = width
  }

  /// The matrices of one pass: R×H each.
  package struct Rows {
    /// The rows given, after the dense layer, after GELU, and normalized.
    package let input, dense, activated, output: Matrix
    /// Gradient scratch.
    package let gradient, inner: Matrix
    package let statistics: Activations.NormStatistics
  }

  /// Lays out scratch for `count` rows; `input` is for the caller to fill.
  package func prepare(rows count: Int) -> Rows {
    let size = (count * width + 15) / 16 * 16
    let statisticsSize = (count + 15) / 16 * 16
    let needed = 6 * size + 2 * statisticsSize
    if needed > storage.count { storage = FloatBuffer(count: needed + needed / 8) }
    func matrix(_ index: Int) -> Matrix {
      Matrix(storage.pointer + index * size, rows: count, columns: width)
    }
    let statistics = storage.pointer + 6 * size
    return Rows(
      input: matrix(0), dense: matrix(1), activated: matrix(2), output: matrix(3),
      gradient: matrix(4), inner: matrix(5),
      statistics: .init(mean: statistics, inverseDeviation: statistics + statisticsSize))
  }
}

extension Transformer {
  /// output = norm(gelu(dense(input))).
  func headTransformForward(_ rows: HeadTransform.Rows) {
    guard let dense = layout.headDense, let headNorm = layout.headNorm else {
      preconditionFailure("the model has no head")
    }
    let processor = processor.recorded(as: .head)
    processor.linearForward(rows.dense, rows.input, parameters.matrix(dense))
    processor.geluForward(rows.activated, rows.dense)
    processor.layerNormForward(
      rows.output, rows.activated, weight: norm(headNorm), bias: nil,
      epsilon: configuration.normEpsilon, mean: rows.statistics.mean,
      inverseDeviation: rows.statistics.inverseDeviation)
  }

  /// From the gradient of `output` in `rows.gradient` to the gradient of `input`, in the same place.
  func headTransformBackward(_ rows: HeadTransform.Rows, into gradients: Parameters) {
    guard let dense = layout.headDense, let headNorm = layout.headNorm else {
      preconditionFailure("the model has no head")
    }
    let processor = processor.recorded(as: .head)
    processor.layerNormBackward(
      inputGradient: rows.inner, weightGradient: gradients.vector(headNorm), biasGradient: nil,
      outputGradient: rows.gradient, input: rows.activated, weight: norm(headNorm),
      mean: rows.statistics.mean, inverseDeviation: rows.statistics.inverseDeviation,
      accumulatesInput: false)
    processor.geluBackward(
      inputGradient: rows.inner, outputGradient: rows.inner, input: rows.dense)
    processor.linearBackward(
      inputGradient: rows.gradient, weightGradient: gradients.matrix(dense),
      outputGradient: rows.inner, input: rows.input, weight: parameters.matrix(dense))
  }
}
