import MLMNumerics

/// The scratch of one forward (and backward) pass over one batch; one per thread.
///
/// The memory grows to the largest batch seen and is then reused. Without `keepsLayers` all layers
/// share one set of matrices, which is enough for a forward pass.
package final class Activations {
  /// What one layer keeps for its backward pass.
  ///
  /// T: rows   H: width   I: feed-forward width   E: embedding width
  ///
  /// Where only P rows are wanted, what the last layer computes after attention has P rows, not T.
  package struct Layer {
    /// The residual stream before attention and before the feed-forward network: T×H.
    package let input, middle: Matrix
    /// The normalized streams, in memory of all layers; where norms come after, the sums that are
    /// normalized: T×H.
    package let attentionInput, feedForwardInput: Matrix
    /// Queries, keys and values after rotation: T×3H.
    package let queryKeyValue: Matrix
    /// Attention weights that are kept: for each sequence, for each head, n×n.
    package let probabilities: UnsafeMutablePointer<Float>
    /// Attention's result before its output layer: T×H.
    package let attended: Matrix
    /// Before the activation, T×2I, or T×I without a gate; after it, in memory of all layers: T×I.
    package let gateInput, gated: Matrix
    package let attentionNorm, feedForwardNorm: NormStatistics
  }

  /// The last layer's own rows where only some are wanted: what it computes after attention has as many.
  ///
  /// P: rows wanted
  package struct WantedRows {
    /// Their places in the batch.
    package let rows: [Int32]
    /// Of the layer's `input` and `attended`, and the gradient of the stream behind attention: P×H.
    package let input, attended, streamGradient: Matrix
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
    /// The gradients of queries, keys and values, T×3H, and before the activation, T×2I or T×I: in the
    /// same memory, since neither outlives its sublayer.
    package let queryKeyValue, gateInput: Matrix
    /// The gradient after the activation: T×I.
    package let gated: Matrix
    /// The gradient of the embeddings: T×E; where E is H, it shares its memory with `branch`.
    package let embedding: Matrix

    /// For rows that are wanted only, in the memory of all; `stream` is a matrix of their own.
    func forWanted(_ wanted: WantedRows) -> Backward {
      let rows = 0..<wanted.rows.count
      return Backward(
        stream: wanted.streamGradient, branch: branch.rows(rows), normalized: normalized.rows(rows),
        queryKeyValue: queryKeyValue, gateInput: gateInput.rows(rows), gated: gated.rows(rows),
        embedding: embedding)
    }
  }

  package let configuration: TransformerConfiguration
  package let keepsLayers: Bool
  package private(set) var layers: [Layer] = []
  package private(set) var wanted: WantedRows?
  /// Token vectors before the embedding norm: T×E.
  package private(set) var embedded: Matrix
  /// Normalized, where they are then projected: T×E.
  package private(set) var projectionInput: Matrix?
  package private(set) var embeddingNorm: NormStatistics
  /// The residual stream after the last layer, and normalized, of the rows wanted: T×H or P×H; the
  /// same without a last norm.
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
  ///
  /// - Parameter outputRows: The rows wanted; all if nil.
  package func prepare(for batch: Batch, outputRows: [Int32]? = nil) {
    // The first pass only measures.
    used = 0
    layOut(batch, outputRows, measuring: true)
    if used > arena.count { arena = FloatBuffer(count: used + used / 8) }
    used = 0
    layOut(batch, outputRows, measuring: false)
  }

  /// The residual stream before the first layer.
  var stream: Matrix { layers.first?.input ?? finalInput }

  private func layOut(_ batch: Batch, _ outputRows: [Int32]?, measuring: Bool) {
    let rows = batch.rowCount
    let outputCount = outputRows?.count ?? rows
    let width = configuration.width
    let feedForward = configuration.feedForwardWidth

    func vector(_ count: Int) -> UnsafeMutablePointer<Float> {
      let start = measuring ? arena.pointer : arena.pointer + used
      used += (count + 15) / 16 * 16
      return start
    }
    func matrix(_ columns: Int, rows: Int = batch.rowCount) -> Matrix {
      Matrix(vector(rows * columns), rows: rows, columns: columns)
    }
    func statistics() -> NormStatistics {
      NormStatistics(mean: vector(rows), inverseDeviation: vector(rows))
    }
    // What takes little time to compute again, and much memory, is not kept.
    let hasNormsBefore = configuration.normPlacement == .before
    let normalized = hasNormsBefore ? matrix(width) : nil
    let gated = matrix(feedForward)
    /// - Parameter after: Rows after attention.
    func layer(rows after: Int) -> Layer {
      Layer(
        input: matrix(width), middle: matrix(width, rows: after),
        attentionInput: normalized ?? matrix(width, rows: after),
        feedForwardInput: normalized?.rows(0..<after) ?? matrix(width, rows: after),
        queryKeyValue: matrix(3 * width),
        probabilities: vector(
          AttentionMemory.keptCount(offsets: batch.offsets, heads: configuration.headCount)),
        attended: matrix(width),
        gateInput: matrix(configuration.feedForwardInputWidth, rows: after),
        gated: gated.rows(0..<after), attentionNorm: statistics(), feedForwardNorm: statistics())
    }

    let embeddingWidth = configuration.embeddingWidth
    let isProjected = embeddingWidth != width
    embedded = matrix(embeddingWidth)
    projectionInput = isProjected ? matrix(embeddingWidth) : nil
    embeddingNorm = statistics()
    layers.removeAll(keepingCapacity: true)
    if keepsLayers {
      for index in 0..<configuration.layerCount {
        let isLast = index + 1 == configuration.layerCount
        layers.append(layer(rows: isLast ? outputCount : rows))
      }
      finalInput = matrix(width, rows: outputCount)
      let branch = matrix(width)
      // What belongs to one sublayer is done with when the other begins.
      let inputWidth = configuration.feedForwardInputWidth
      let sublayer = vector(rows * max(3 * width, inputWidth))
      backward = Backward(
        stream: matrix(width), branch: branch, normalized: matrix(width),
        queryKeyValue: Matrix(sublayer, rows: rows, columns: 3 * width),
        gateInput: Matrix(sublayer, rows: rows, columns: inputWidth),
        gated: matrix(feedForward), embedding: isProjected ? matrix(embeddingWidth) : branch)
    } else {
      let shared = layer(rows: rows)
      for _ in 0..<configuration.layerCount { layers.append(shared) }
      finalInput = shared.input
    }
    wanted = outputRows.map { wanted in
      WantedRows(
        rows: wanted, input: matrix(width, rows: outputCount),
        attended: matrix(width, rows: outputCount),
        streamGradient: matrix(width, rows: outputCount))
    }
    attentionScratch = vector(AttentionMemory.scratchCount(length: batch.longestSequence))
    output = hasNormsBefore ? matrix(width, rows: outputCount) : finalInput
    finalNorm = statistics()
  }
}
