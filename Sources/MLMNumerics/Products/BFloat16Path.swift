import CMLMKernels

/// The instructions that products of bf16 run on.
///
/// Rows of a product are independent on each: an element is summed in one order, whatever the number
/// of rows.
package enum BFloat16Path: Sendable {
  /// Multiplications and additions of float32, at the level of the kernels.
  case plain
  /// Dot products of bf16 pairs (AVX512-BF16): one sum for each element, so that its last bits are
  /// others than on the other paths.
  case dotProducts
  /// Matrix tiles (AMX), with the bits of `plain`.
  case tiles

  /// The fastest path that this CPU has at a level.
  package static func fastest(at level: CPULevel) -> BFloat16Path {
    // Asked only where it counts: the answer takes a first product.
    choose(at: level, hasDotProducts: level == .v4 && DotProducts.areUsable)
  }

  /// The path at a level: what the level is named for, or dot products with AVX-512 where they are fast.
  package static func choose(at level: CPULevel, hasDotProducts: Bool) -> BFloat16Path {
    switch level {
    case .amx: .tiles
    case .v4: hasDotProducts ? .dotProducts : .plain
    case .portable, .v3: .plain
    }
  }

  /// Compares a product on this path with the same product on the plain one.
  func givesRightSums() -> Bool {
    let (rows, columns, inner) = (40, 50, 600)
    let numbers = FloatBuffer(count: (rows + columns) * inner)
    for i in 0..<numbers.count { numbers.pointer[i] = Float(i % 251) - 125 }
    let a = numbers.matrix(rows: rows, columns: inner)
    let b = numbers.matrix(rows: columns, columns: inner, from: rows * inner)
    let results = [self, .plain].map { path in
      let sums = FloatBuffer(count: rows * columns)
      Processor(level: .portable, precision: .bfloat16, path: path)
        .multiply(sums.matrix(rows: rows, columns: columns), a, b, transposeB: true)
      return sums
    }
    // Whole numbers below 2²⁴: sums are exact in whatever order they are taken.
    return (0..<rows * columns).allSatisfy { results[0].pointer[$0] == results[1].pointer[$0] }
  }
}
