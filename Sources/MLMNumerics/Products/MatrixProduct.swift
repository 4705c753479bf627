#if canImport(Accelerate)
  import Accelerate
#else
  import COpenBLAS
#endif

extension Processor {
  /// C = scale·op(A)·op(B), or C += with `accumulate`.
  ///
  /// op(A): (R, K)   op(B): (K, C)
  ///
  /// With the precision bfloat16 the operands are rounded, except where C has few columns and there is
  /// nothing to gain. This is the only place that calls OpenBLAS. The result is a function of the operands and
  /// their shape, whatever else the process does.
  ///
  /// - Parameters:
  ///   - transposeA: Whether op(A) is Aᵀ.
  ///   - transposeB: Whether op(B) is Bᵀ.
  ///   - accumulate: Whether the product is added to what C holds.
  ///   - rowsAreIndependent: Whether a row of C may not depend, to the last bit, on how many
  ///     other rows there are: they belong to other texts. OpenBLAS treats few rows and few
  ///     columns differently, so few rows are filled up with zeros and few columns are summed by
  ///     a kernel of our own. Not for a transposed A.
  ///   - bIsWeight: Whether B is a weight of the model, whose bf16 form may be kept.
  package func multiply(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, transposeA: Bool = false, transposeB: Bool = false,
    scale: Float = 1, accumulate: Bool = false, rowsAreIndependent: Bool = false,
    bIsWeight: Bool = false
  ) {
    let inner = transposeA ? a.rows : a.columns
    precondition(
      c.rows == (transposeA ? a.columns : a.rows) && inner == (transposeB ? b.columns : b.rows)
        && c.columns == (transposeB ? b.rows : b.columns),
      "\(a.rows)×\(a.columns) by \(b.rows)×\(b.columns) does not give \(c.rows)×\(c.columns)")
    guard c.rows > 0 && c.columns > 0 else { return }
    guard inner > 0 else {
      if !accumulate { c.clear() }
      return
    }
    Profile.shared.measureMultiplication {
      multiplyWhole(
        c, a, b, transposeA: transposeA, transposeB: transposeB, scale: scale,
        accumulate: accumulate, rowsAreIndependent: rowsAreIndependent, bIsWeight: bIsWeight)
    }
  }

  /// `multiply` of matrices that fit and are not empty.
  private func multiplyWhole(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, transposeA: Bool, transposeB: Bool, scale: Float,
    accumulate: Bool, rowsAreIndependent: Bool, bIsWeight: Bool
  ) {
    if precision == .bfloat16 && c.columns >= narrowestForBFloat16 {
      multiplyBFloat16(
        c, a, b, transposeA: transposeA, transposeB: transposeB, scale: scale,
        accumulate: accumulate, weights: bIsWeight ? packedWeights : nil)
      return
    }
    guard rowsAreIndependent else {
      callBLAS(c, a, b, transposeA, transposeB, scale, accumulate)
      return
    }
    precondition(!transposeA, "rows of Aᵀ are not rows of texts")
    if c.columns < narrowestForBLAS {
      kernels.pointee.narrow_product(
        c.kernel, a.kernel, b.kernel, transposeB ? 1 : 0, scale, accumulate ? 1 : 0)
      return
    }
    // The rows left over by the kernels' unit are few rows again.
    let rest = c.rows % (BLAS.current.rowUnit ?? 1)
    let whole = c.rows < fewestRowsForBLAS ? 0 : c.rows - rest
    if whole > 0 {
      callBLAS(c.rows(0..<whole), a.rows(0..<whole), b, false, transposeB, scale, accumulate)
    }
    if whole < c.rows {
      multiplyPadded(
        c.rows(whole..<c.rows), a.rows(whole..<a.rows), b, transposeB, scale, accumulate)
    }
  }

  /// Multiplies with rows of zeros after those of A, through memory of the thread.
  private func multiplyPadded(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, _ transposeB: Bool, _ scale: Float, _ accumulate: Bool
  ) {
    let rows = fewestRowsForBLAS
    let scratch = ThreadScratch.floats(rows * (a.columns + c.columns))
    let paddedA = Matrix(scratch, rows: rows, columns: a.columns)
    let paddedC = Matrix(scratch + rows * a.columns, rows: rows, columns: c.columns)
    paddedA.rows(0..<a.rows).copy(from: a)
    paddedA.rows(a.rows..<rows).clear()
    if accumulate {
      paddedC.clear()
      paddedC.rows(0..<c.rows).copy(from: c)
    }
    callBLAS(paddedC, paddedA, b, false, transposeB, scale, accumulate)
    c.copy(from: paddedC.rows(0..<c.rows))
  }

  private func callBLAS(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, _ transposeA: Bool, _ transposeB: Bool, _ scale: Float,
    _ accumulate: Bool
  ) {
    prepareBLAS()
    BLASCalls.make {
      cblas_sgemm(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
        transposeB ? CblasTrans : CblasNoTrans, Int32(c.rows), Int32(c.columns),
        Int32(transposeA ? a.rows : a.columns), scale, a.pointer, Int32(a.stride), b.pointer,
        Int32(b.stride), accumulate ? 1 : 0, c.pointer, Int32(c.stride))
    }
  }
}

/// With fewer rows OpenBLAS's SkylakeX kernels change a row's last bits with their number.
private let fewestRowsForBLAS = 32
/// With fewer columns they do so at up to this many rows and more.
private let narrowestForBLAS = 64
/// With fewer columns most of a tile would be filling.
private let narrowestForBFloat16 = 16
