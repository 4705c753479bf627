import MLMNumerics

/// How the rows of a sequence become one row.
public enum Pooling: String, CaseIterable, Sendable {
  /// The mean of all rows, special tokens included.
  case mean
  /// The row of the first token.
  case first
  /// The largest number of each column.
  case max
  /// The row of the last token.
  case last
  /// The sum of all rows over the square root of their number.
  case meanSquareRootLength = "mean-sqrt-length"
  /// The mean of all rows, each counted as often as its place from 1 says.
  case weightedMean = "weighted-mean"

  /// How rows are weighed where pooling is a weighted sum.
  fileprivate var weights: RowWeights? {
    switch self {
    case .mean, .first, .max: nil
    case .last: .last
    case .meanSquareRootLength: .inverseRoot
    case .weightedMean: .rising
    }
  }
}

/// Pooling's forward and backward pass, and what the one keeps for the other.
package final class PoolingLayer {
  package let pooling: Pooling
  private var largest: [Int32] = []

  package init(_ pooling: Pooling) {
    self.pooling = pooling
  }

  /// Pools rows T×H of each sequence into `pooled`, B×H.
  package func forward(_ pooled: Matrix, _ rows: Matrix, offsets: [Int], on processor: Processor) {
    forward(pooled, rows, offsets: offsets, skipped: 0, on: processor)
  }

  /// Pools all but the first rows of each sequence; one that has no others gives zeros.
  ///
  /// There is no backward pass for it.
  ///
  /// - Parameter count: Rows of each sequence that are left out, as those of a prompt.
  package func forward(
    _ pooled: Matrix, _ rows: Matrix, offsets: [Int], leavingOutFirst count: Int,
    on processor: Processor
  ) {
    for (sequence, (start, end)) in zip(offsets, offsets.dropFirst()).enumerated() {
      let skipped = min(count, end - start)
      forward(
        pooled.rows(sequence..<sequence + 1), rows.rows(start + skipped..<end),
        offsets: [0, end - start - skipped], skipped: skipped, on: processor)
    }
  }

  private func forward(
    _ pooled: Matrix, _ rows: Matrix, offsets: [Int], skipped: Int, on processor: Processor
  ) {
    if let weights = pooling.weights {
      processor.weightedPoolForward(
        pooled, rows, offsets: offsets, weights: weights, skipped: skipped)
      return
    }
    switch pooling {
    case .first: processor.firstPoolForward(pooled, rows, offsets: offsets)
    case .max:
      let count = pooled.rows * pooled.columns
      if largest.count < count { largest = [Int32](repeating: 0, count: count) }
      largest.withUnsafeMutableBufferPointer { largest in
        guard let start = largest.baseAddress else { return }
        processor.maxPoolForward(pooled, rows, offsets: offsets, indices: start)
      }
    default: processor.meanPoolForward(pooled, rows, offsets: offsets)
    }
  }

  /// Overwrites `rowsGradient`, T×H, from the gradient of `pooled`, B×H.
  package func backward(
    _ rowsGradient: Matrix, _ pooledGradient: Matrix, offsets: [Int], on processor: Processor
  ) {
    if let weights = pooling.weights {
      processor.weightedPoolBackward(
        inputGradient: rowsGradient, outputGradient: pooledGradient, offsets: offsets,
        weights: weights)
      return
    }
    switch pooling {
    case .first:
      processor.firstPoolBackward(
        inputGradient: rowsGradient, outputGradient: pooledGradient, offsets: offsets)
    case .max:
      largest.withUnsafeBufferPointer { largest in
        guard let start = largest.baseAddress else { return }
        processor.maxPoolBackward(
          inputGradient: rowsGradient, outputGradient: pooledGradient, offsets: offsets,
          indices: start)
      }
    default:
      processor.meanPoolBackward(
        inputGradient: rowsGradient, outputGradient: pooledGradient, offsets: offsets)
    }
  }
}
