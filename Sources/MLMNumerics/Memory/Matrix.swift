import CMLMKernels

/// A view of row-major floats somebody else owns.
///
/// Element (r, c) is at `pointer[r * stride + c]`. The view does not keep its memory alive: a
/// buffer made only to be viewed, as in `FloatBuffer(count: n).matrix(…)`, is gone at once.
package struct Matrix: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Float>
  package let rows, columns, stride: Int

  /// Views `rows` × `columns` floats; `stride` is `columns` unless given.
  package init(
    _ pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil
  ) {
    precondition(rows >= 0 && columns >= 0 && stride ?? columns >= columns, "malformed matrix")
    self.pointer = pointer
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// Returns the rows in `range`.
  package func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows outside the matrix")
    return Matrix(
      pointer + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  /// Returns the columns in `range`.
  package func columns(_ range: Range<Int>) -> Matrix {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= columns, "columns outside the matrix")
    return Matrix(pointer + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// Returns a pointer to the first element of row `r`.
  package func row(_ r: Int) -> UnsafeMutablePointer<Float> { pointer + r * stride }

  /// Sets every element to zero.
  package func clear() {
    for r in 0..<rows { row(r).update(repeating: 0, count: columns) }
  }

  /// Copies the elements of `other`, which has the same shape and does not overlap.
  package func copy(from other: Matrix) {
    requireSameShape(self, other)
    for r in 0..<rows { row(r).update(from: other.row(r), count: columns) }
  }

  var kernel: mlm_matrix {
    mlm_matrix(data: pointer, rows: rows, columns: columns, stride: stride)
  }
}

/// Stops at the caller's mistake rather than reading past a matrix.
func requireSameShape(_ a: Matrix, _ b: Matrix) {
  precondition(
    a.rows == b.rows && a.columns == b.columns,
    "\(a.rows)×\(a.columns) does not fit \(b.rows)×\(b.columns)")
}
