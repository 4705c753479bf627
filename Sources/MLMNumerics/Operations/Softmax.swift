extension Processor {
  /// x = exp(x − max)/Σ exp(x − max) over each row, in place.
  ///
  /// x: (T, C)
  ///
  /// - Parameter causal: Whether row i keeps its first i + 1 columns only; the others become 0.
  package func softmaxForward(_ x: Matrix, causal: Bool = false) {
    kernels.pointee.softmax_forward(x.kernel, causal ? 1 : 0)
  }

  /// dx = y·(dy − Σ dy·y)·scale; `inputGradient` may be `outputGradient`.
  package func softmaxBackward(
    inputGradient: Matrix, outputGradient: Matrix, output: Matrix, scale: Float = 1
  ) {
    requireSameShape(inputGradient, output)
    requireSameShape(outputGradient, output)
    kernels.pointee.softmax_backward(
      inputGradient.kernel, outputGradient.kernel, output.kernel, scale)
  }
}
