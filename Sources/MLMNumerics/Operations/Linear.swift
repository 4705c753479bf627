extension Processor {
  /// y = x·Wᵀ + b.
  ///
  /// x: (T, I)   W: (O, I)   b: (O)   y: (T, O)
  ///
  /// A row of y depends on its own row of x only, to the last bit where
  /// `Machine.rowsAreExact` says so.
  package func linearForward(
    _ y: Matrix, _ x: Matrix, _ w: Matrix, bias: UnsafePointer<Float>? = nil
  ) {
    measureProduct(.forward, rows: x.rows, w) {
      multiply(y, x, w, transposeB: true, rowsAreIndependent: true, bIsWeight: true)
    }
    if let bias { measure(.elementwise) { kernels.pointee.add_bias(y.kernel, bias) } }
  }

  /// dx = dy·W      dW += dyᵀ·x      db += Σ dy.
  ///
  /// - Parameters:
  ///   - inputGradient: dx; nil where nobody needs it.
  ///   - weightGradient: dW; nil for a frozen weight.
  ///   - accumulatesInput: Whether dx is added to what `inputGradient` holds.
  package func linearBackward(
    inputGradient dx: Matrix?, weightGradient dw: Matrix?,
    biasGradient db: UnsafeMutablePointer<Float>? = nil, outputGradient dy: Matrix,
    input x: Matrix, weight w: Matrix, accumulatesInput: Bool = false
  ) {
    if let dx {
      linearInputGradient(dx, outputGradient: dy, weight: w, accumulates: accumulatesInput)
    }
    linearWeightGradient(dw, biasGradient: db, outputGradient: dy, input: x)
  }

  /// The part of `linearBackward` that does without the input: dx = dy·W, or dx += with `accumulates`.
  package func linearInputGradient(
    _ dx: Matrix, outputGradient dy: Matrix, weight w: Matrix, accumulates: Bool = false
  ) {
    measureProduct(.inputGradient, rows: dy.rows, w) {
      multiply(dx, dy, w, accumulate: accumulates, bIsWeight: true)
    }
  }

  /// The part of `linearBackward` that does without the weight: dW += dyᵀ·x, db += Σ dy.
  package func linearWeightGradient(
    _ dw: Matrix?, biasGradient db: UnsafeMutablePointer<Float>? = nil, outputGradient dy: Matrix,
    input x: Matrix
  ) {
    if let dw {
      measureProduct(.weightGradient, rows: dy.rows, dw) {
        multiply(dw, dy, x, transposeA: true, accumulate: true)
      }
    }
    if let db { measure(.elementwise) { kernels.pointee.add_column_sums(db, dy.kernel) } }
  }
}
