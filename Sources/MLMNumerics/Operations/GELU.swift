extension Processor {
  /// y = x·Φ(x), with Φ the standard normal distribution.
  ///
  /// x, y: (T, C)
  ///
  /// The exact form (Hendrycks, Gimpel 2016), not the one with tanh. Φ is within 2e-7.
  package func geluForward(_ y: Matrix, _ x: Matrix) {
    requireSameShape(y, x)
    measure(.elementwise) { kernels.pointee.gelu_forward(y.kernel, x.kernel) }
  }

  /// dx = dy·(Φ(x) + x·φ(x)); `inputGradient` may be `outputGradient`.
  package func geluBackward(inputGradient: Matrix, outputGradient: Matrix, input: Matrix) {
    requireSameShape(inputGradient, input)
    requireSameShape(outputGradient, input)
    measure(.elementwise) {
      kernels.pointee.gelu_backward(inputGradient.kernel, outputGradient.kernel, input.kernel)
    }
  }

  /// y = gelu(x₁)·x₂ (Shazeer 2020).
  ///
  /// x = x₁|x₂: (T, 2C)   y: (T, C)
  package func geGLUForward(_ y: Matrix, _ x: Matrix) {
    requireGated(y, x)
    measure(.elementwise) { kernels.pointee.geglu_forward(y.kernel, x.kernel) }
  }

  /// dx₁ = dy·x₂·gelu′(x₁)      dx₂ = dy·gelu(x₁).
  package func geGLUBackward(inputGradient: Matrix, outputGradient: Matrix, input: Matrix) {
    requireGated(outputGradient, input)
    requireSameShape(inputGradient, input)
    measure(.elementwise) {
      kernels.pointee.geglu_backward(inputGradient.kernel, outputGradient.kernel, input.kernel)
    }
  }

  private func requireGated(_ y: Matrix, _ x: Matrix) {
    precondition(
      x.rows == y.rows && x.columns == 2 * y.columns,
      "\(x.rows)×\(x.columns) is not twice as wide as \(y.rows)×\(y.columns)")
  }
}
