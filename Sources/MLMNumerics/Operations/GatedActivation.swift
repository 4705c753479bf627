extension Processor {
  /// y = f(x₁)·x₂ (Shazeer, GLU variants improve Transformer, 2020).
  ///
  /// x = x₁|x₂: (T, 2C)   y: (T, C)
  package func gatedForward(_ y: Matrix, _ x: Matrix, _ function: ActivationFunction) {
    requireGated(y, x)
    measure(.elementwise) {
      kernels.pointee.gated_forward(y.kernel, x.kernel, function.kernel)
    }
  }

  /// dx₁ = dy·x₂·f′(x₁)      dx₂ = dy·f(x₁)      y = f(x₁)·x₂.
  ///
  /// dx, x: (T, 2C)   dy, y: (T, C)
  ///
  /// - Parameter y: Gets the result of `gatedForward` once more, which costs little here and so need
  ///   not have been kept. May be dy.
  package func gatedBackward(
    inputGradient dx: Matrix, output y: Matrix, outputGradient dy: Matrix, input x: Matrix,
    _ function: ActivationFunction
  ) {
    requireGated(dy, x)
    requireSameShape(y, dy)
    requireSameShape(dx, x)
    measure(.elementwise) {
      kernels.pointee.gated_backward(
        dx.kernel, y.kernel, dy.kernel, x.kernel, function.kernel)
    }
  }

  private func requireGated(_ y: Matrix, _ x: Matrix) {
    precondition(
      x.rows == y.rows && x.columns == 2 * y.columns,
      "\(x.rows)×\(x.columns) is not twice as wide as \(y.rows)×\(y.columns)")
  }
}
