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
}
