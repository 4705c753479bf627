import CMLMKernels

/// Which side of a product a matrix is on, and which of its sides the sum runs along.
struct OperandForm: Hashable {
  /// Whether it is op(B), not op(A).
  let isRight: Bool
  /// Whether the rows of the matrix are rows of op(A) or columns of op(B); otherwise its columns are.
  let outerIsRows: Bool

  init(left a: Matrix, transposed: Bool) {
    (isRight, outerIsRows) = (false, !transposed)
  }

  init(right b: Matrix, transposed: Bool) {
    (isRight, outerIsRows) = (true, transposed)
  }

  /// bf16 numbers in a packed operand, the filling at its ends included.
  func count(of x: Matrix) -> Int {
    let (outer, inner) = outerIsRows ? (x.rows, x.columns) : (x.columns, x.rows)
    let (rows, depth) = (MLM_TILE_ROWS, MLM_TILE_DEPTH)
    return (outer + rows - 1) / rows * rows * ((inner + depth - 1) / depth * depth)
  }

  /// Floats whose room a packed operand takes.
  func floatCount(of x: Matrix) -> Int { count(of: x) / 2 }
}
