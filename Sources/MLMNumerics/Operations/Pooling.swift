extension Processor {
  /// y[b] = mean of the rows of sequence b; 0 for an empty one.
  ///
  /// x: (T, C)   y: (B, C)
  package func meanPoolForward(_ y: Matrix, _ x: Matrix, offsets: [Int]) {
    requirePooled(y, x, offsets)
    for b in 0..<y.rows {
      kernels.pointee.mean_of_rows(y.row(b), x.rows(offsets[b]..<offsets[b + 1]).kernel)
    }
  }

  /// dx[t] = dy[b]/n for the n rows t of sequence b.
  package func meanPoolBackward(inputGradient dx: Matrix, outputGradient dy: Matrix, offsets: [Int])
  {
    requirePooled(dy, dx, offsets)
    for b in 0..<dy.rows {
      let share = 1 / Float(max(1, offsets[b + 1] - offsets[b]))
      for t in offsets[b]..<offsets[b + 1] {
        let (row, gradient) = (dx.row(t), dy.row(b))
        for c in 0..<dx.columns { row[c] = gradient[c] * share }
      }
    }
  }

  /// y[b] = first row of sequence b; 0 for an empty one.
  ///
  /// x: (T, C)   y: (B, C)
  package func firstPoolForward(_ y: Matrix, _ x: Matrix, offsets: [Int]) {
    requirePooled(y, x, offsets)
    y.clear()
    for b in 0..<y.rows where offsets[b] < offsets[b + 1] {
      y.row(b).update(from: x.row(offsets[b]), count: x.columns)
    }
  }

  /// dx[t] = dy[b] for the first row t of sequence b, 0 for the others.
  package func firstPoolBackward(
    inputGradient dx: Matrix, outputGradient dy: Matrix, offsets: [Int]
  ) {
    requirePooled(dy, dx, offsets)
    dx.clear()
    for b in 0..<dy.rows where offsets[b] < offsets[b + 1] {
      dx.row(offsets[b]).update(from: dy.row(b), count: dx.columns)
    }
  }

  /// y[b] = largest value of each column of sequence b; 0 for an empty one.
  ///
  /// x: (T, C)   y: (B, C)   indices: (B, C), the row of its sequence each value is from, the
  /// first where several hold it.
  package func maxPoolForward(
    _ y: Matrix, _ x: Matrix, offsets: [Int], indices: UnsafeMutablePointer<Int32>
  ) {
    requirePooled(y, x, offsets)
    for b in 0..<y.rows {
      kernels.pointee.maximum_of_rows(
        y.row(b), indices + b * y.columns, x.rows(offsets[b]..<offsets[b + 1]).kernel)
    }
  }

  /// dx[t, c] = dy[b, c] where the forward pass found row t the largest, 0 elsewhere.
  package func maxPoolBackward(
    inputGradient dx: Matrix, outputGradient dy: Matrix, offsets: [Int],
    indices: UnsafePointer<Int32>
  ) {
    requirePooled(dy, dx, offsets)
    dx.clear()
    for b in 0..<dy.rows where offsets[b] < offsets[b + 1] {
      for c in 0..<dy.columns {
        let t = offsets[b] + Int(indices[b * dy.columns + c])
        precondition(t < offsets[b + 1], "an index outside its sequence")
        dx.row(t)[c] = dy.row(b)[c]
      }
    }
  }

  func requirePooled(_ y: Matrix, _ x: Matrix, _ offsets: [Int]) {
    requireOffsets(offsets, rows: x.rows)
    precondition(
      y.rows == offsets.count - 1 && y.columns == x.columns,
      "\(y.rows)×\(y.columns) does not hold \(offsets.count - 1) pooled rows")
  }
}
