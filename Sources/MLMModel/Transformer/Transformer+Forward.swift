import MLMNumerics

extension Transformer {
  /// Computes the rows of a batch into `activations.output`: T×H, after the final norm.
  ///
  /// - Parameters:
  ///   - batch: Sequences no longer than the configuration allows.
  ///   - attention: Which places a place may attend to; the configuration's if nil.
  ///   - dropout: What a training step drops; nothing if nil.
  package func forward(
    _ batch: Batch, into activations: Activations,
    attention: TransformerConfiguration.Attention? = nil, dropout: Dropout? = nil
  ) {
    precondition(batch.longestSequence <= configuration.maximumLength, "sequence too long")
    let pattern = AttentionPattern(isCausal: (attention ?? configuration.attention) == .causal)
    activations.prepare(for: batch)
    embed(batch, activations, dropout)
    for index in 0..<configuration.layerCount {
      let following =
        index + 1 < configuration.layerCount
        ? activations.layers[index + 1].input : activations.finalInput
      attend(index, batch, activations, pattern, dropout)
      feedForward(index, activations.layers[index], output: following, dropout)
    }
    normalize(
      activations.output, activations.finalInput, layout.finalNorm, activations.finalNorm)
  }

  private func embed(_ batch: Batch, _ activations: Activations, _ dropout: Dropout?) {
    let stream = activations.layers.first?.input ?? activations.finalInput
    processor.embeddingForward(
      activations.embedded, ids: batch.ids, table: parameters.matrix(layout.tokenEmbedding))
    normalize(stream, activations.embedded, layout.embeddingNorm, activations.embeddingNorm)
    dropout?.forward(stream, at: .embedding, on: processor)
  }

  /// middle = input + output(attention(norm(input))).
  private func attend(
    _ index: Int, _ batch: Batch, _ activations: Activations, _ pattern: AttentionPattern,
    _ dropout: Dropout?
  ) {
    let layer = activations.layers[index]
    let slots = layout.layers[index]
    let heads = configuration.headCount
    let source = attentionSource(index, layer)
    if let norm = slots.attentionNorm {
      normalize(layer.attentionInput, layer.input, norm, layer.attentionNorm)
    }
    processor.linearForward(layer.queryKeyValue, source, parameters.matrix(slots.queryKeyValue))
    // Queries and keys lie side by side, so one pass over twice the heads rotates both.
    processor.rotaryForward(
      layer.queryKeyValue.columns(0..<2 * configuration.width), heads: 2 * heads,
      offsets: batch.offsets, table: rotary)
    processor.attentionForward(
      layer.attended, qkv: layer.queryKeyValue, probabilities: layer.probabilities,
      offsets: batch.offsets, heads: heads, pattern: pattern,
      scratch: activations.attentionScratch)
    processor.linearForward(layer.middle, layer.attended, parameters.matrix(slots.attentionOutput))
    dropout?.forward(layer.middle, at: .attention(layer: index), on: processor)
    processor.add(layer.middle, layer.input)
  }

  /// output = middle + output(geglu(input(norm(middle)))).
  private func feedForward(
    _ index: Int, _ layer: Activations.Layer, output: Matrix, _ dropout: Dropout?
  ) {
    let slots = layout.layers[index]
    normalize(layer.feedForwardInput, layer.middle, slots.feedForwardNorm, layer.feedForwardNorm)
    processor.linearForward(
      layer.gateInput, layer.feedForwardInput, parameters.matrix(slots.feedForwardInput))
    processor.geGLUForward(layer.gated, layer.gateInput)
    processor.linearForward(output, layer.gated, parameters.matrix(slots.feedForwardOutput))
    dropout?.forward(output, at: .feedForward(layer: index), on: processor)
    processor.add(output, layer.middle)
  }

  /// What a layer's queries, keys and values are computed from.
  func attentionSource(_ index: Int, _ layer: Activations.Layer) -> Matrix {
    layout.layers[index].attentionNorm == nil ? layer.input : layer.attentionInput
  }

  private func normalize(
    _ y: Matrix, _ x: Matrix, _ slot: Int, _ statistics: Activations.NormStatistics
  ) {
    processor.layerNormForward(
      y, x, weight: norm(slot), bias: nil, epsilon: configuration.normEpsilon,
      mean: statistics.mean, inverseDeviation: statistics.inverseDeviation)
  }
}
