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
    if let norm = layout.finalNorm {
      normalizeBackward(
        scratch.stream, outputGradient, input: activations.finalInput, norm,
        activations.finalNorm, gradients, accumulates: false)
    } else {
      scratch.stream.copy(from: outputGradient)
    }
    for index in (0..<configuration.layerCount).reversed() {
      let layer = activations.layers[index]
      feedForwardBackward(index, layer, scratch, gradients, dropout)
      attendBackward(index, batch, activations, scratch, gradients, attention, dropout)
    }
    embedBackward(batch, activations, scratch, gradients, dropout)
  }

  /// Forward: output = middle + f(norm(middle)), or norm(middle + f(middle)).
  private func feedForwardBackward(
    _ index: Int, _ layer: Activations.Layer, _ scratch: Activations.Backward,
    _ gradients: Parameters, _ dropout: Dropout?
  ) {
    let slots = layout.layers[index]
    let isBefore = configuration.normPlacement == .before
    if !isBefore {
      normalizeBackward(
        scratch.stream, scratch.stream, input: layer.feedForwardInput, slots.feedForwardNorm,
        layer.feedForwardNorm, gradients, accumulates: false)
    }
    let branch = branchGradient(scratch, at: .feedForward(layer: index), dropout)
    linearBackward(scratch.gated, branch, input: layer.gated, slots.feedForwardOutput, gradients)
    if configuration.feedForwardIsGated {
      processor.gatedBackward(
        inputGradient: scratch.gateInput, outputGradient: scratch.gated, input: layer.gateInput,
        configuration.activation)
    } else {
      processor.activationBackward(
        inputGradient: scratch.gateInput, outputGradient: scratch.gated, input: layer.gateInput,
        configuration.activation)
    }
    // Without a norm in between, the gradient goes straight to the residual stream.
    linearBackward(
      isBefore ? scratch.normalized : scratch.stream, scratch.gateInput,
      input: feedForwardSource(layer), slots.feedForwardInput, gradients, accumulates: !isBefore)
    if isBefore {
      normalizeBackward(
        scratch.stream, scratch.normalized, input: layer.middle, slots.feedForwardNorm,
        layer.feedForwardNorm, gradients, accumulates: true)
    }
  }

  /// Forward: middle = input + f(norm(input)), or norm(input + f(input)).
  private func attendBackward(
    _ index: Int, _ batch: Batch, _ activations: Activations, _ scratch: Activations.Backward,
    _ gradients: Parameters, _ attention: TransformerConfiguration.Attention?, _ dropout: Dropout?
  ) {
    let layer = activations.layers[index]
    let slots = layout.layers[index]
    let heads = configuration.headCount
    let isBefore = configuration.normPlacement == .before
    if !isBefore, let norm = slots.attentionNorm {
      normalizeBackward(
        scratch.stream, scratch.stream, input: layer.attentionInput, norm, layer.attentionNorm,
        gradients, accumulates: false)
    }
    let branch = branchGradient(scratch, at: .attention(layer: index), dropout)
    linearBackward(
      scratch.normalized, branch, input: layer.attended, slots.attentionOutput, gradients)
    processor.attentionBackward(
      qkvGradient: scratch.queryKeyValue, outputGradient: scratch.normalized,
      qkv: layer.queryKeyValue, probabilities: layer.probabilities, offsets: batch.offsets,
      heads: heads, pattern: configuration.pattern(ofLayer: index, attention),
      scratch: activations.attentionScratch)
    if let rotary = rotary(ofLayer: index) {
      processor.rotaryBackward(
        scratch.queryKeyValue.columns(0..<2 * configuration.width), heads: 2 * heads,
        offsets: batch.offsets, table: rotary)
    }
    let direct = !isBefore || slots.attentionNorm == nil
    linearBackward(
      direct ? scratch.stream : scratch.normalized, scratch.queryKeyValue,
      input: attentionSource(index, layer), slots.queryKeyValue, gradients, accumulates: direct)
    if isBefore, let norm = slots.attentionNorm {
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
}
