extension Processor {
  /// y = (x − mean)/√(variance + ε)·w + b.
  ///
  /// x, y: (T, C)   w, b: (C)   mean, s: (T)
  ///
  /// Mean and variance (divided by C) are those of the row. The mean and s = 1/√(variance + ε)
  /// are kept for the backward pass.
  package func layerNormForward(
    _ y: Matrix, _ x: Matrix, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    epsilon: Float, mean: UnsafeMutablePointer<Float>,
    inverseDeviation: UnsafeMutablePointer<Float>
  ) {
    requireSameShape(y, x)
    measure(.norms) {
      kernels.pointee.layer_norm_forward(
        y.kernel, x.kernel, weight, bias, epsilon, mean, inverseDeviation)
    }
  }

  /// dw += Σ dy·x̂      db += Σ dy      dx = s·(g − mean(g) − x̂·mean(g·x̂)), g = dy·w.
  ///
  /// - Parameter accumulatesInput: Whether dx is added to what `inputGradient` holds, as the
  ///   residual stream needs it.
  package func layerNormBackward(
    inputGradient dx: Matrix, weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>?, outputGradient dy: Matrix, input x: Matrix,
    weight: UnsafePointer<Float>, mean: UnsafePointer<Float>,
    inverseDeviation: UnsafePointer<Float>, accumulatesInput: Bool
  ) {
    requireSameShape(dx, x)
    requireSameShape(dy, x)
    measure(.norms) {
      kernels.pointee.layer_norm_backward(
        dx.kernel, weightGradient, biasGradient, dy.kernel, x.kernel, weight, mean,
        inverseDeviation, accumulatesInput ? 1 : 0)
    }
  }
}
