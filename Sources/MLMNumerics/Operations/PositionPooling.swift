/// What a row of a sequence counts for when its rows are summed.
package enum RowWeights: Sendable {
  /// 1/√n for each of n rows.
  case inverseRoot
  /// Row i of n, from 1, counts i over the sum of 1…n.
  case rising
  /// The last row counts 1, the others nothing.
  case last

  /// The weight of row `place`, from 0, of `count` rows, where `skipped` rows before them count for
  /// the places only.
  func weight(_ place: Int, of count: Int, skipped: Int) -> Float {
    switch self {
    case .inverseRoot: return 1 / Float(count).squareRoot()
    case .rising:
      let sum = Double(count) * (Double(skipped) + Double(count + 1) / 2)
      return Float(Double(skipped + place + 1) / sum)
    case .last: return place == count - 1 ? 1 : 0
    }
  }
}

extension Processor {
  /// y[b] = Σ w(t)·x[t] over the rows t of sequence b; 0 for an empty one.
  ///
  /// x: (T, C)   y: (B, C)
  ///
  /// - Parameter skipped: Rows before each sequence's first that are not summed, but count for the
  ///   places of the others.
  package func weightedPoolForward(
    _ y: Matrix, _ x: Matrix, offsets: [Int], weights: RowWeights, skipped: Int = 0
  ) {
    requirePooled(y, x, offsets)
    y.clear()
    for b in 0..<y.rows {
      let count = offsets[b + 1] - offsets[b]
      let sum = y.row(b)
      for place in 0..<count {
        let weight = weights.weight(place, of: count, skipped: skipped)
        // Nothing times infinity would be no number.
        guard weight != 0 else { continue }
        let row = x.row(offsets[b] + place)
        for c in 0..<x.columns { sum[c] += weight * row[c] }
      }
    }
  }

  /// dx[t] = w(t)·dy[b] for the rows t of sequence b.
  package func weightedPoolBackward(
    inputGradient dx: Matrix, outputGradient dy: Matrix, offsets: [Int], weights: RowWeights
  ) {
    requirePooled(dy, dx, offsets)
    for b in 0..<dy.rows {
      let count = offsets[b + 1] - offsets[b]
      for place in 0..<count {
        let weight = weights.weight(place, of: count, skipped: 0)
        let (row, gradient) = (dx.row(offsets[b] + place), dy.row(b))
        for c in 0..<dx.columns { row[c] = weight * gradient[c] }
      }
    }
  }
}
