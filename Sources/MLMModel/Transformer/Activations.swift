import MLMNumerics

/// The scratch of one forward (and backward) pass over one batch; one per thread.
///
/// The memory grows to the largest batch seen and is then reused. Where nothing is kept for a backward
/// pass, all layers share one set of matrices; where it is kept in bf16, they share those they work in.
package final class Activations {
  /// What one layer keeps for its backward pass.
  ///
  /// T: rows   H: width   I: feed-forward width   E: embedding width
  ///
  /// Where only P rows are wanted, what the last layer computes after attention has P rows, not T.
  package struct Layer {
    /// The residual stream before attention and before the feed-forward network: T×H.
    package let input, middle: KeptMatrix
    /// The normalized streams, in memory of all layers; where norms come after, the sums that are
    /// normalized: T×H.
    package let attentionInput, feedForwardInput: KeptMatrix
    /// Queries, keys and values after rotation: T×3H.
    package let queryKeyValue: KeptMatrix
    /// Attention weights that are kept: for each sequence, for each head, n×n.
    ///
    /// In bf16 none are: to make them again from queries and keys takes about as long as to round them
    /// and bring them back.
    package let probabilities: UnsafeMutablePointer<Float>?
    /// Attention's result before its output layer: T×H.
    package let attended: KeptMatrix
    /// Before the activation: T×2I, or T×I without a gate.
    package let gateInput: KeptMatrix
    /// After it, or the gradient there, in memory of all layers: T×I.
    package let gated: Matrix
    package let attentionNorm, feedForwardNorm: NormStatistics

    /// Calls `body` with the rows of the feed-forward network in blocks that fit the caches.
    func forEachBlock(_ body: (Range<Int>) -> Void) {
      for start in stride(from: 0, to: gated.rows, by: 32) {
        body(start..<min(start + 32, gated.rows))
      }
    }
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
    /// The gradient of the embeddings: T×E; where E is H, it shares its memory with `branch`.
    package let embedding: Matrix

    /// For rows that are wanted only, in the memory of all; `stream` is a matrix of their own.
    func forWanted(_ wanted: WantedRows) -> Backward {
      let rows = 0..<wanted.rows.count
      return Backward(
        stream: wanted.streamGradient, branch: branch.rows(rows), normalized: normalized.rows(rows),
        queryKeyValue: queryKeyValue, gateInput: gateInput.rows(rows), embedding: embedding)
    }
  }

  package let configuration: TransformerConfiguration
  /// In which form what the backward pass needs is kept; nil where there is none.
  package let keptPrecision: Precision?
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

  /// - Parameter precision: In which form to keep what a backward pass needs; nil for forward passes.
  package init(_ configuration: TransformerConfiguration, keeping precision: Precision?) {
    self.configuration = configuration
    keptPrecision = precision
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
  var stream: Matrix { layers.first?.input.matrix ?? finalInput }

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
    func roundedVector(_ count: Int) -> UnsafeMutablePointer<UInt16> {
      UnsafeMutableRawPointer(vector((count + 1) / 2)).assumingMemoryBound(to: UInt16.self)
    }
    func statistics() -> NormStatistics {
      NormStatistics(mean: vector(rows), inverseDeviation: vector(rows))
    }
    /// The matrix of one layer, with memory of its own; or in memory of all, rounded if it is kept.
    func kept(_ columns: Int, rows: Int = rows, in working: Matrix?) -> KeptMatrix {
      guard let working else { return KeptMatrix(matrix(columns, rows: rows)) }
      let rounded = keptPrecision == .bfloat16 ? roundedVector(rows * columns) : nil
      return KeptMatrix(working.rows(0..<rows), rounded: rounded)
    }
    // What takes little time to compute again, and much memory, is not kept.
    let hasNormsBefore = configuration.normPlacement == .before
    let inputWidth = configuration.feedForwardInputWidth
    let gated = matrix(feedForward)
    let sharesMemory = keptPrecision != .float32
    let normalized = hasNormsBefore || sharesMemory ? matrix(width) : nil
    let stream = sharesMemory ? (matrix(width), matrix(width)) : nil
    let attended = sharesMemory ? matrix(width) : nil
    // What belongs to one sublayer is done with when the other begins.
    let wide = sharesMemory ? vector(rows * max(3 * width, inputWidth)) : nil
    /// - Parameter after: Rows after attention.
    func layer(rows after: Int) -> Layer {
      func sublayerInput() -> KeptMatrix {
        guard hasNormsBefore, let normalized else {
          return kept(width, rows: after, in: normalized)
        }
        return KeptMatrix(normalized)
      }
      let keptProbabilities =
        keptPrecision == .float32
        ? vector(
          AttentionMemory.keptCount(offsets: batch.offsets, heads: configuration.headCount)) : nil
      return Layer(
        input: kept(width, in: stream?.0), middle: kept(width, rows: after, in: stream?.1),
        attentionInput: sublayerInput(), feedForwardInput: sublayerInput().rows(0..<after),
        queryKeyValue: kept(
          3 * width, in: wide.map { Matrix($0, rows: rows, columns: 3 * width) }),
        probabilities: keptProbabilities,
        attended: kept(width, in: attended),
        gateInput: kept(
          inputWidth, rows: after, in: wide.map { Matrix($0, rows: rows, columns: inputWidth) }),
        gated: gated.rows(0..<after), attentionNorm: statistics(), feedForwardNorm: statistics())
    }

    let embeddingWidth = configuration.embeddingWidth
    let isProjected = embeddingWidth != width
    embedded = matrix(embeddingWidth)
    projectionInput = isProjected ? matrix(embeddingWidth) : nil
    embeddingNorm = statistics()
    layers.removeAll(keepingCapacity: true)
    if keptPrecision != nil {
      for index in 0..<configuration.layerCount {
        let isLast = index + 1 == configuration.layerCount
        layers.append(layer(rows: isLast ? outputCount : rows))
      }
      finalInput = matrix(width, rows: outputCount)
      let branch = matrix(width)
      let sublayer = vector(rows * max(3 * width, inputWidth))
      backward = Backward(
        stream: matrix(width), branch: branch, normalized: matrix(width),
        queryKeyValue: Matrix(sublayer, rows: rows, columns: 3 * width),
        gateInput: Matrix(sublayer, rows: rows, columns: inputWidth),
        embedding: isProjected ? matrix(embeddingWidth) : branch)
    } else {
      let shared = layer(rows: rows)
      for _ in 0..<configuration.layerCount { layers.append(shared) }
      finalInput = shared.input.matrix
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
