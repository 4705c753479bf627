import CMLMKernels

/// A matrix that a forward pass leaves to its backward pass.
///
/// Either stays where it was computed, or is rounded to bf16: half the memory, and the matrix itself is
/// working memory that others use in between. Operands of bf16 products are rounded anyway, so to those
/// it makes no difference; queries are rounded again where their scale is no power of two.
package struct KeptMatrix {
  package let matrix: Matrix
  /// The rounded numbers, rows without gaps; nil where the matrix stays.
  let rounded: UnsafeMutablePointer<UInt16>?

  /// A matrix that stays, or, with memory for its rounded numbers, does not.
  package init(_ matrix: Matrix, rounded: UnsafeMutablePointer<UInt16>? = nil) {
    (self.matrix, self.rounded) = (matrix, rounded)
  }

  /// Returns the rows in `range`.
  package func rows(_ range: Range<Int>) -> KeptMatrix {
    KeptMatrix(
      matrix.rows(range), rounded: rounded.map { $0 + range.lowerBound * matrix.columns })
  }
}

extension Processor {
  /// Keeps what the matrix holds now.
  package func keep(_ kept: KeptMatrix) {
    guard let rounded = kept.rounded else { return }
    kernels.pointee.to_bfloat16(rounded, kept.matrix.kernel)
  }

  /// Brings back into the matrix what was kept.
  package func restore(_ kept: KeptMatrix) {
    guard let rounded = kept.rounded else { return }
    kernels.pointee.from_bfloat16(kept.matrix.kernel, rounded)
  }
}
