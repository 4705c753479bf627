import MLMNumerics
import Synchronization

/// The rows of one parameter that lie in several places of files: query, key and value.
final class ScatteredRows: Sendable {
  /// The rows of each place, in their order.
  let parts: [Matrix]
  private let copy = Mutex<FloatBuffer?>(nil)

  init(_ parts: [Matrix]) { self.parts = parts }

  /// All rows in one piece, copied when first asked for.
  var joined: UnsafeMutablePointer<Float> {
    copy.withLock { copy in
      if let copy { return copy.pointer }
      let rows = parts.reduce(0) { $0 + $1.rows }
      let buffer = FloatBuffer(count: rows * (parts.first?.columns ?? 0))
      var row = 0
      for part in parts {
        buffer.matrix(rows: rows, columns: part.columns).rows(row..<row + part.rows)
          .copy(from: part)
        row += part.rows
      }
      copy = buffer
      return buffer.pointer
    }
  }
}
