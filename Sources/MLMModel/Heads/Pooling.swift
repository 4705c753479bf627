import MLMNumerics

/// How the rows of a sequence become one row.
public enum Pooling: String, CaseIterable, Sendable {
  /// The mean of all rows, special tokens included.
  case mean
  /// The row of the first token.
  case first
  /// The largest number of each column.
  case max
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
    switch pooling {
    case .mean: processor.meanPoolForward(pooled, rows, offsets: offsets)
    case .first: processor.firstPoolForward(pooled, rows, offsets: offsets)
    case .max:
      let count = pooled.rows * pooled.columns
      if largest.count < count { largest = [Int32](repeating: 0, count: count) }
      largest.withUnsafeMutableBufferPointer { largest in
        guard let start = largest.baseAddress else { return }
        processor.maxPoolForward(pooled, rows, offsets: offsets, indices: start)
      }
    }
  }

  /// Overwrites `rowsGradient`, T×H, from the gradient of `pooled`, B×H.
  package func backward(
    _ rowsGradient: Matrix, _ pooledGradient: Matrix, offsets: [Int], on processor: Processor
  ) {
    switch pooling {
    case .mean:
      processor.meanPoolBackward(
        inputGradient: rowsGradient, outputGradient: pooledGradient, offsets: offsets)
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
    }
  }
}
