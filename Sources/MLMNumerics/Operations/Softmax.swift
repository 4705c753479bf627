extension Processor {
  /// x = exp(x − max)/Σ exp(x − max) over each row, in place.
  ///
  /// x: (T, C)
  ///
  /// - Parameter columns: The columns that row i keeps, less i, at least one of each row; the others
  ///   become 0. All if nil.
  package func softmaxForward(_ x: Matrix, columns: ClosedRange<Int>? = nil) {
    let all = x.rows + x.columns
    let kept = columns ?? -all...all
    precondition(
      x.rows == 0 || (kept.lowerBound < x.columns - x.rows + 1 && kept.upperBound >= 0),
      "columns \(kept) leave rows of \(x.rows)×\(x.columns) empty")
    kernels.pointee.softmax_forward(x.kernel, -kept.lowerBound, kept.upperBound)
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
