#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Cosines and sines of rotary positions.
package final class RotaryTable: Sendable {
  package let maximumLength, headWidth: Int
  private let values: FloatBuffer

  /// Computes the angles position·θ^(−2j/headWidth), j < headWidth/2, in double.
  ///
  /// - Parameter maximumLength: The number of positions.
  package init(maximumLength: Int, headWidth: Int, theta: Float) {
    precondition(headWidth % 2 == 0 && maximumLength >= 0, "an odd head cannot be rotated")
    self.maximumLength = maximumLength
    self.headWidth = headWidth
    let half = headWidth / 2
    values = FloatBuffer(count: 2 * maximumLength * half)
    for j in 0..<half {
      let frequency = pow(Double(theta), -2 * Double(j) / Double(headWidth))
      for position in 0..<maximumLength {
        let angle = Double(position) * frequency
        values.pointer[position * half + j] = Float(cos(angle))
        values.pointer[(maximumLength + position) * half + j] = Float(sin(angle))
      }
    }
  }

  var cosines: UnsafePointer<Float> { UnsafePointer(values.pointer) }
  var sines: UnsafePointer<Float> { cosines + maximumLength * headWidth / 2 }
}

extension Processor {
  /// Rotates the pairs (j, j + d/2) of every head by the angle of the row's position, in place.
  ///
  /// x: (T, heads·d). The layout is that of RoFormer (Su et al. 2021) as Llama and ModernBERT
  /// have it (`rotate_half`). A row's position is its distance from its sequence's start.
  ///
  /// - Parameter offsets: Where sequences start, and T at the end.
  package func rotaryForward(_ x: Matrix, heads: Int, offsets: [Int], table: RotaryTable) {
    rotate(x, heads: heads, offsets: offsets, table: table, sineSign: 1)
  }

  /// Turns the gradient back by the angles `rotaryForward` turned the values by, in place.
  package func rotaryBackward(_ dx: Matrix, heads: Int, offsets: [Int], table: RotaryTable) {
    rotate(dx, heads: heads, offsets: offsets, table: table, sineSign: -1)
  }

  private func rotate(
    _ x: Matrix, heads: Int, offsets: [Int], table: RotaryTable, sineSign: Float
  ) {
    precondition(x.columns == heads * table.headWidth, "\(x.columns) is not \(heads) heads wide")
    requireOffsets(offsets, rows: x.rows)
    measure(.elementwise) {
      for (start, end) in zip(offsets, offsets.dropFirst()) {
        precondition(
          end - start <= table.maximumLength, "a sequence of \(end - start) is too long")
        kernels.pointee.rotary(
          x.rows(start..<end).kernel, heads, table.cosines, table.sines, sineSign)
      }
    }
  }
}

/// Stops at offsets that do not cut `rows` rows into sequences.
func requireOffsets(_ offsets: [Int], rows: Int) {
  precondition(
    offsets.first == 0 && offsets.last == rows && zip(offsets, offsets.dropFirst()).allSatisfy(<=),
    "offsets do not cut \(rows) rows")
}
