import MLMNumerics

/// A copy of a matrix, to compare after its memory has been used again.
struct Rows {
  let all: [[Float]]

  init(_ matrix: Matrix) {
    all = (0..<matrix.rows).map { row in
      Array(UnsafeBufferPointer(start: matrix.row(row), count: matrix.columns))
    }
  }

  subscript(row: Int) -> [Float] { all[row] }
  subscript(range: Range<Int>) -> [[Float]] { Array(all[range]) }

  var largest: Float { all.joined().map(abs).max() ?? 0 }
}
