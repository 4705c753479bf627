import CMLMKernels

/// What the probe for matrix tiles (AMX) found; it executes no tile instruction.
package enum MatrixTiles: String, Sendable {
  /// The CPU has none, or none for bf16.
  case none
  /// The operating system does not let this process use them.
  case refused
  case usable

  /// Those of this machine.
  package static let found: MatrixTiles =
    switch Int(mlm_matrix_tiles()) {
    case MLM_TILES_NONE: .none
    case MLM_TILES_REFUSED: .refused
    default: .usable
    }

  /// Whether products may run on the tiles: they are there, and a first product on them is right.
  static let areUsable: Bool = found == .usable && giveRightSums()

  /// Compares a product on the tiles with the same product without them.
  static func giveRightSums() -> Bool {
    let (rows, columns, inner) = (40, 50, 600)
    let numbers = FloatBuffer(count: (rows + columns) * inner)
    for i in 0..<numbers.count { numbers.pointer[i] = Float(i % 251) - 125 }
    let a = numbers.matrix(rows: rows, columns: inner)
    let b = numbers.matrix(rows: columns, columns: inner, from: rows * inner)
    let results = [true, false].map { usesTiles in
      let sums = FloatBuffer(count: rows * columns)
      Processor(level: .portable, precision: .bfloat16, usesTiles: usesTiles)
        .multiply(sums.matrix(rows: rows, columns: columns), a, b, transposeB: true)
      return sums
    }
    // Whole numbers below 2²⁴: sums are exact in whatever order they are taken.
    return (0..<rows * columns).allSatisfy { results[0].pointer[$0] == results[1].pointer[$0] }
  }
}
