import CMLMKernels

extension Processor {
  /// C = scale·op(A)·op(B), or C += with `accumulate`, of operands rounded to bf16.
  ///
  /// Each product of two numbers is exact in float32, and the sums are in float32, so that the error of
  /// an element is at most (2⁻⁷ + 2⁻¹⁶ + K·2⁻²⁴)·Σ|a·b|·scale for an inner size of K: half a unit of a
  /// 7-bit fraction for each operand, and the rounding of the sum. It holds on every path, in whatever order
  /// the two products of a pair are added; tiles and dot products also take operands and sums below
  /// 2⁻¹²⁶ for zero. NaN and infinity stay what they are.
  /// An element is summed in one order whatever the number of rows, so rows are independent.
  ///
  /// - Parameter weights: Where packed weights are kept, if B is one.
  func multiplyBFloat16(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, transposeA: Bool, transposeB: Bool, scale: Float,
    accumulate: Bool, weights: PackedWeights?
  ) {
    let left = OperandForm(left: a, transposed: transposeA)
    let right = OperandForm(right: b, transposed: transposeB)
    let leftCount = left.floatCount(of: a)
    let scratch = ThreadScratch.floats(
      leftCount + (weights == nil ? right.floatCount(of: b) : 0))
    let packedA = UnsafeMutableRawPointer(scratch)
    pack(a, left, into: packedA, scale: scale)
    let inner = transposeA ? a.rows : a.columns
    if let weights {
      let packedB = weights.packed(b, right, on: self)
      multiplyPacked(
        c, packedA, left, UnsafeMutableRawPointer(packedB.pointer), inner: inner,
        accumulate: accumulate)
      // The buffer lives until here.
      withExtendedLifetime(packedB) {}
    } else {
      let packedB = UnsafeMutableRawPointer(scratch + leftCount)
      pack(b, right, into: packedB, scale: 1)
      multiplyPacked(c, packedA, left, packedB, inner: inner, accumulate: accumulate)
    }
  }

  /// Writes the bf16 form of a matrix to memory of `form.floatCount(of: x)` floats.
  func pack(_ x: Matrix, _ form: OperandForm, into memory: UnsafeMutableRawPointer, scale: Float) {
    // The instruction takes numbers below 2⁻¹²⁶ for zero, which the plain product does not.
    let pack =
      path != .plain && DotProducts.found != .none
      ? mlm_pack_by_conversion : kernels.pointee.bfloat16_pack
    pack(
      memory.assumingMemoryBound(to: UInt16.self), x.kernel, form.outerIsRows ? 1 : 0,
      isPackedByPair(form) ? 1 : 0, scale)
  }

  /// Whether the pairs of inner places lie side by side, as in a right operand.
  ///
  /// Dot products read a left operand either way; it stays as it lies in memory.
  private func isPackedByPair(_ form: OperandForm) -> Bool {
    form.isRight || (path == .dotProducts && !form.outerIsRows)
  }

  private func multiplyPacked(
    _ c: Matrix, _ a: UnsafeMutableRawPointer, _ form: OperandForm, _ b: UnsafeMutableRawPointer,
    inner: Int, accumulate: Bool
  ) {
    let left = UnsafePointer(a.assumingMemoryBound(to: UInt16.self))
    let right = UnsafePointer(b.assumingMemoryBound(to: UInt16.self))
    let adds: Int32 = accumulate ? 1 : 0
    switch path {
    case .plain: kernels.pointee.bfloat16_product(c.kernel, left, right, inner, adds)
    case .dotProducts:
      mlm_dot_product(c.kernel, left, right, inner, adds, isPackedByPair(form) ? 1 : 0)
    case .tiles: mlm_tile_product(c.kernel, left, right, inner, adds)
    }
  }
}
