import MLMNumerics

extension Transformer {
  /// The forward pass read upwards: adds the gradient of every parameter to `gradients`.
  ///
  /// - Parameters:
  ///   - outputGradient: The gradient of `activations.output`: T×H.
  ///   - batch, activations, attention, dropout: As in the forward pass just done.
  package func backward(
    outputGradient: Matrix, _ batch: Batch, _ activations: Activations, into gradients: Parameters,
    attention: TransformerConfiguration.Attention? = nil, dropout: Dropout? = nil
  ) {
    guard let scratch = activations.backward else {
      preconditionFailure("a backward pass needs activations that keep their layers")
    }
    let pattern = AttentionPattern(isCausal: (attention ?? configuration.attention) == .causal)
    normalizeBackward(
      scratch.stream, outputGradient, input: activations.finalInput, layout.finalNorm,
      activations.finalNorm, gradients, accumulates: false)
    for index in (0..<configuration.layerCount).reversed() {
      let layer = activations.layers[index]
      feedForwardBackward(index, layer, scratch, gradients, dropout)
      attendBackward(index, batch, activations, scratch, gradients, pattern, dropout)
    }
    dropout?.backward(scratch.stream, at: .embedding, on: processor)
    normalizeBackward(
      scratch.branch, scratch.stream, input: activations.embedded, layout.embeddingNorm,
      activations.embeddingNorm, gradients, accumulates: false)
    processor.embeddingBackward(
      tableGradient: gradients.matrix(layout.tokenEmbedding), outputGradient: scratch.branch,
      ids: batch.ids)
  }

  /// Forward: output = middle + output(geglu(input(norm(middle)))).
  private func feedForwardBackward(
    _ index: Int, _ layer: Activations.Layer, _ scratch: Activations.Backward,
    _ gradients: Parameters, _ dropout: Dropout?
  ) {
    let slots = layout.layers[index]
    let branch = branchGradient(scratch, at: .feedForward(layer: index), dropout)
    processor.linearBackward(
      inputGradient: scratch.gated, weightGradient: gradients.matrix(slots.feedForwardOutput),
      outputGradient: branch, input: layer.gated,
      weight: parameters.matrix(slots.feedForwardOutput))
    processor.geGLUBackward(
      inputGradient: scratch.gateInput, outputGradient: scratch.gated, input: layer.gateInput)
    processor.linearBackward(
      inputGradient: scratch.normalized, weightGradient: gradients.matrix(slots.feedForwardInput),
      outputGradient: scratch.gateInput, input: layer.feedForwardInput,
      weight: parameters.matrix(slots.feedForwardInput))
    normalizeBackward(
      scratch.stream, scratch.normalized, input: layer.middle, slots.feedForwardNorm,
      layer.feedForwardNorm, gradients, accumulates: true)
  }

  /// Forward: middle = input + output(attention(norm(input))).
  private func attendBackward(
    _ index: Int, _ batch: Batch, _ activations: Activations, _ scratch: Activations.Backward,
    _ gradients: Parameters, _ pattern: AttentionPattern, _ dropout: Dropout?
  ) {
    let layer = activations.layers[index]
    let slots = layout.layers[index]
    let heads = configuration.headCount
    let branch = branchGradient(scratch, at: .attention(layer: index), dropout)
    processor.linearBackward(
      inputGradient: scratch.normalized, weightGradient: gradients.matrix(slots.attentionOutput),
      outputGradient: branch, input: layer.attended,
      weight: parameters.matrix(slots.attentionOutput))
    processor.attentionBackward(
      qkvGradient: scratch.queryKeyValue, outputGradient: scratch.normalized,
      qkv: layer.queryKeyValue, probabilities: layer.probabilities, offsets: batch.offsets,
      heads: heads, pattern: pattern, scratch: activations.attentionScratch)
    processor.rotaryBackward(
      scratch.queryKeyValue.columns(0..<2 * configuration.width), heads: 2 * heads,
      offsets: batch.offsets, table: rotary)
    // Without a norm in between, the gradient goes straight to the residual stream.
    let direct = slots.attentionNorm == nil
    processor.linearBackward(
      inputGradient: direct ? scratch.stream : scratch.normalized,
      weightGradient: gradients.matrix(slots.queryKeyValue),
      outputGradient: scratch.queryKeyValue, input: attentionSource(index, layer),
      weight: parameters.matrix(slots.queryKeyValue), accumulatesInput: direct)
    if let norm = slots.attentionNorm {
      normalizeBackward(
        scratch.stream, scratch.normalized, input: layer.input, norm, layer.attentionNorm,
        gradients, accumulates: true)
    }
  }

  /// The gradient of what a sublayer added to the stream: the stream's own, less what was dropped.
  private func branchGradient(
    _ scratch: Activations.Backward, at place: Dropout.Place, _ dropout: Dropout?
  ) -> Matrix {
    guard let dropout else { return scratch.stream }
    scratch.branch.copy(from: scratch.stream)
    dropout.backward(scratch.branch, at: place, on: processor)
    return scratch.branch
  }

  private func normalizeBackward(
    _ inputGradient: Matrix, _ outputGradient: Matrix, input: Matrix, _ slot: Int,
    _ statistics: Activations.NormStatistics, _ gradients: Parameters, accumulates: Bool
  ) {
    processor.layerNormBackward(
      inputGradient: inputGradient, weightGradient: gradients.vector(slot), biasGradient: nil,
      outputGradient: outputGradient, input: input, weight: norm(slot), mean: statistics.mean,
      inverseDeviation: statistics.inverseDeviation, accumulatesInput: accumulates)
  }
}
