import CMLMKernels

extension Processor {
  /// x = x/(1 − rate) where kept, 0 where dropped, in place.
  ///
  /// x: (T, C)
  ///
  /// Which elements are dropped is a function of the stream, the step, the row's number and the
  /// column, so a batch may be cut into pieces of rows anywhere.
  ///
  /// - Parameters:
  ///   - rate: The share of elements dropped, in 0..<1; 0 changes nothing.
  ///   - firstRow: The number of the matrix's first row; numbers must not repeat within a step.
  package func dropoutForward(
    _ x: Matrix, rate: Float, random: RandomStream, step: UInt64, firstRow: Int
  ) {
    precondition((0..<1).contains(rate) && firstRow >= 0, "dropout rate \(rate) outside 0..<1")
    guard rate > 0 else { return }
    let mask = mlm_dropout(
      key: (random.key.x, random.key.y), step: step, first_row: UInt64(firstRow),
      threshold: UInt32(Double(rate) * 0x1p32), scale: 1 / (1 - rate))
    measure(.elementwise) { kernels.pointee.dropout(x.kernel, mask) }
  }

  /// dx = dx/(1 − rate) where the forward pass with the same arguments kept, 0 elsewhere, in place.
  package func dropoutBackward(
    _ dx: Matrix, rate: Float, random: RandomStream, step: UInt64, firstRow: Int
  ) {
    dropoutForward(dx, rate: rate, random: random, step: step, firstRow: firstRow)
  }
}
