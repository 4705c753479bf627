import MLMNumerics

extension Transformer {
  /// stream = projection(norm(token + position + type)), without what the model does not have.
  func embed(_ batch: Batch, _ activations: Activations, _ dropout: Dropout?) {
    let embedded = activations.embedded
    processor.embeddingForward(
      embedded, ids: batch.ids, table: parameters.matrix(layout.tokenEmbedding))
    if let table = layout.positionEmbedding {
      processor.embeddingAddForward(
        embedded, ids: positions(of: batch), table: parameters.matrix(table))
    }
    if let table = layout.tokenTypeEmbedding {
      processor.embeddingAddForward(
        embedded, ids: types(of: batch), table: parameters.matrix(table))
    }
    let normalized = activations.projectionInput ?? activations.stream
    normalize(normalized, embedded, layout.embeddingNorm, activations.embeddingNorm)
    dropout?.forward(normalized, at: .embedding, on: processor)
    if let projection = layout.embeddingProjection {
      linear(activations.stream, normalized, projection)
    }
  }

  /// From the gradient of the stream before the first layer to those of the embeddings.
  func embedBackward(
    _ batch: Batch, _ activations: Activations, _ scratch: Activations.Backward,
    _ gradients: Parameters, _ dropout: Dropout?
  ) {
    var gradient = scratch.stream
    if let projection = layout.embeddingProjection, let input = activations.projectionInput {
      linearBackward(scratch.embedding, gradient, input: input, projection, gradients)
      gradient = scratch.embedding
    }
    dropout?.backward(gradient, at: .embedding, on: processor)
    normalizeBackward(
      scratch.embedding, gradient, input: activations.embedded, layout.embeddingNorm,
      activations.embeddingNorm, gradients, accumulates: false)
    processor.embeddingBackward(
      tableGradient: gradients.matrix(layout.tokenEmbedding), outputGradient: scratch.embedding,
      ids: batch.ids, leavingOut: configuration.paddingToken)
    if let table = layout.positionEmbedding, case .learned(_, let padding) = configuration.positions
    {
      processor.embeddingBackward(
        tableGradient: gradients.matrix(table), outputGradient: scratch.embedding,
        ids: positions(of: batch), leavingOut: padding)
    }
    if let table = layout.tokenTypeEmbedding {
      processor.embeddingBackward(
        tableGradient: gradients.matrix(table), outputGradient: scratch.embedding,
        ids: types(of: batch))
    }
  }

  /// The row of the position table of each token.
  private func positions(of batch: Batch) -> [Int32] {
    guard case .learned(_, let padding) = configuration.positions else { return [] }
    var positions: [Int32] = []
    positions.reserveCapacity(batch.rowCount)
    for (start, end) in zip(batch.offsets, batch.offsets.dropFirst()) {
      guard let padding else {
        positions.append(contentsOf: 0..<Int32(end - start))
        continue
      }
      var last = padding
      for row in start..<end {
        if batch.ids[row] == padding {
          positions.append(padding)
        } else {
          last += 1
          positions.append(last)
        }
      }
    }
    return positions
  }

  /// The type of each token; 0 where the model does not know the type.
  private func types(of batch: Batch) -> [Int32] {
    let count = Int32(configuration.tokenTypeCount)
    guard !batch.types.isEmpty else { return [Int32](repeating: 0, count: batch.rowCount) }
    return batch.types.map { (0..<count).contains($0) ? $0 : 0 }
  }
}
