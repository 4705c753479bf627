import MLMNumerics

extension FloatBuffer {
  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (i, value) in values.enumerated() { pointer[i] = value }
  }

  var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The whole buffer, cut into `rows` rows.
  func rows(_ rows: Int) -> Matrix { matrix(rows: rows, columns: rows == 0 ? 0 : count / rows) }
}

/// Returns a matrix with `values`, cut into `rows` rows, that lives as long as the process.
///
/// A view does not keep its buffer alive, and in `op(FloatBuffer(values).rows(1))` nobody would.
func view(_ values: [Float], rows: Int) -> Matrix {
  Unmanaged.passRetained(FloatBuffer(values)).takeUnretainedValue().rows(rows)
}
