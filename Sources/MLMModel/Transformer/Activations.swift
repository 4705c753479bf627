import MLMNumerics

/// The scratch of one forward (and backward) pass over one batch; one per thread.
///
/// The memory grows to the largest batch seen and is then reused. Without `keepsLayers` all layers
/// share one set of matrices, which is enough for a forward pass.
package final class Activations {
  /// What one layer keeps for its backward pass.
  ///
  /// T: rows   H: width   I: feed-forward width
  package struct Layer {
    /// The residual stream before attention and before the feed-forward network: T×H.
    package let input, middle: Matrix
    /// The normalized streams: T×H.
    package let attentionInput, feedForwardInput: Matrix
    /// Queries, keys and values after rotation: T×3H.
    package let queryKeyValue: Matrix
    /// Attention weights that are kept: for each sequence, for each head, n×n.
    package let probabilities: UnsafeMutablePointer<Float>
    /// Attention's result before its output layer: T×H.
    package let attended: Matrix
    /// Before and after gating: T×2I and T×I.
    package let gateInput, gated: Matrix
    package let attentionNorm, feedForwardNorm: NormStatistics
  }

  /// A layer norm's mean and inverse deviation of each row.
  package struct NormStatistics {
    package let mean, inverseDeviation: UnsafeMutablePointer<Float>
  }

  /// Gradients and other scratch of the backward pass.
  package struct Backward {
    /// The gradient of the residual stream: T×H.
    package let stream: Matrix
    /// The gradient of a sublayer's output once dropout is undone, and of its normalized input: T×H.
    package let branch, normalized: Matrix
    package let queryKeyValue, gateInput, gated: Matrix
  }

  package let configuration: TransformerConfiguration
  package let keepsLayers: Bool
  package private(set) var layers: [Layer] = []
  /// Token vectors before the embedding norm: T×H.
  package private(set) var embedded: Matrix
  package private(set) var embeddingNorm: NormStatistics
  /// The residual stream after the last layer, and normalized: T×H.
  package private(set) var finalInput, output: Matrix
  package private(set) var finalNorm: NormStatistics
  package private(set) var backward: Backward?
  /// For attention over the longest sequence.
  package private(set) var attentionScratch: UnsafeMutablePointer<Float>
  private var arena = FloatBuffer(count: 16)
  private var used = 0

  package init(_ configuration: TransformerConfiguration, keepsLayers: Bool) {
    self.configuration = configuration
    self.keepsLayers = keepsLayers
    let nothing = Matrix(arena.pointer, rows: 0, columns: 0)
    (embedded, finalInput, output) = (nothing, nothing, nothing)
    embeddingNorm = NormStatistics(mean: arena.pointer, inverseDeviation: arena.pointer)
    finalNorm = embeddingNorm
    attentionScratch = arena.pointer
  }

  /// Lays out the matrices for a batch, with the memory it already has where that is enough.
  package func prepare(for batch: Batch) {
    // The first pass only measures.
    used = 0
    layOut(batch, measuring: true)
    if used > arena.count { arena = FloatBuffer(count: used + used / 8) }
    used = 0
    layOut(batch, measuring: false)
  }

  private func layOut(_ batch: Batch, measuring: Bool) {
    let rows = batch.rowCount
    let width = configuration.width
    let feedForward = configuration.feedForwardWidth

    func vector(_ count: Int) -> UnsafeMutablePointer<Float> {
      let start = measuring ? arena.pointer : arena.pointer + used
      used += (count + 15) / 16 * 16
      return start
    }
    func matrix(_ columns: Int) -> Matrix {
      Matrix(vector(rows * columns), rows: rows, columns: columns)
    }
    func statistics() -> NormStatistics {
      NormStatistics(mean: vector(rows), inverseDeviation: vector(rows))
    }
    func layer() -> Layer {
      Layer(
        input: matrix(width), middle: matrix(width), attentionInput: matrix(width),
        feedForwardInput: matrix(width), queryKeyValue: matrix(3 * width),
        probabilities: vector(
          AttentionMemory.keptCount(offsets: batch.offsets, heads: configuration.headCount)),
        attended: matrix(width), gateInput: matrix(2 * feedForward), gated: matrix(feedForward),
        attentionNorm: statistics(), feedForwardNorm: statistics())
    }

    embedded = matrix(width)
    embeddingNorm = statistics()
    layers.removeAll(keepingCapacity: true)
    if keepsLayers {
      for _ in 0..<configuration.layerCount { layers.append(layer()) }
      finalInput = matrix(width)
      backward = Backward(
        stream: matrix(width), branch: matrix(width), normalized: matrix(width),
        queryKeyValue: matrix(3 * width), gateInput: matrix(2 * feedForward),
        gated: matrix(feedForward))
    } else {
      let shared = layer()
      for _ in 0..<configuration.layerCount { layers.append(shared) }
      finalInput = shared.input
    }
    attentionScratch = vector(AttentionMemory.scratchCount(length: batch.longestSequence))
    output = matrix(width)
    finalNorm = statistics()
  }
}
