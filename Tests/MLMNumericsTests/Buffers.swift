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

/// The operations at every level this machine has.
let processors = CPULevel.supported.map { Processor(level: $0) }
