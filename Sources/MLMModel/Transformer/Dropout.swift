import MLMNumerics

/// Which numbers a training step drops: a function of seed, step, layer and row, never of threads.
package struct Dropout: Sendable {
  /// The share dropped, in 0..<1; the rest is scaled by 1/(1 − rate).
  package var rate: Float
  package var seed: UInt64
  package var step: UInt64
  /// The place of the batch's first row among the rows of the whole step.
  package var firstRow: Int

  package init(rate: Float, seed: UInt64, step: UInt64, firstRow: Int) {
    self.rate = rate
    self.seed = seed
    self.step = step
    self.firstRow = firstRow
  }

  /// Where dropout is applied.
  package enum Place {
    case embedding, attention(layer: Int), feedForward(layer: Int), head

    var number: UInt32 {
      switch self {
      case .embedding: 0
      case .head: 1
      case .attention(let layer): UInt32(2 + 2 * layer)
      case .feedForward(let layer): UInt32(3 + 2 * layer)
      }
    }
  }

  /// Drops numbers of `x` in place.
  func forward(_ x: Matrix, at place: Place, on processor: Processor) {
    processor.dropoutForward(
      x, rate: rate, random: stream(place), step: step, firstRow: firstRow)
  }

  /// Drops the same numbers of a gradient in place.
  func backward(_ gradient: Matrix, at place: Place, on processor: Processor) {
    processor.dropoutBackward(
      gradient, rate: rate, random: stream(place), step: step, firstRow: firstRow)
  }

  private func stream(_ place: Place) -> RandomStream {
    // Stream 3 is dropout's; the place makes the masks of different layers independent.
    RandomStream(seed: seed, stream: 3 | (place.number + 1) << 8)
  }
}
