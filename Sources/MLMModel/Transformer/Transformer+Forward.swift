import MLMNumerics

extension Transformer {
  /// Computes the rows of a batch into `activations.output`: T×H, after the last norm.
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
    activations.prepare(for: batch)
    embed(batch, activations, dropout)
    for index in 0..<configuration.layerCount {
      let following =
        index + 1 < configuration.layerCount
        ? activations.layers[index + 1].input : activations.finalInput
      attend(index, batch, activations, attention, dropout)
      feedForward(index, activations.layers[index], output: following, dropout)
    }
    if let norm = layout.finalNorm {
      normalize(activations.output, activations.finalInput, norm, activations.finalNorm)
    }
  }

  /// middle = input + f(norm(input)), or norm(input + f(input)), with f = output(attention(…)).
  private func attend(
    _ index: Int, _ batch: Batch, _ activations: Activations,
    _ attention: TransformerConfiguration.Attention?, _ dropout: Dropout?
  ) {
    let layer = activations.layers[index]
    let slots = layout.layers[index]
    let heads = configuration.headCount
    if configuration.normPlacement == .before, let norm = slots.attentionNorm {
      normalize(layer.attentionInput, layer.input, norm, layer.attentionNorm)
    }
    linear(layer.queryKeyValue, attentionSource(index, layer), slots.queryKeyValue)
    if let rotary = rotary(ofLayer: index) {
      // Queries and keys lie side by side, so one pass over twice the heads rotates both.
      processor.rotaryForward(
        layer.queryKeyValue.columns(0..<2 * configuration.width), heads: 2 * heads,
        offsets: batch.offsets, table: rotary)
    }
    processor.attentionForward(
      layer.attended, qkv: layer.queryKeyValue, probabilities: layer.probabilities,
      offsets: batch.offsets, heads: heads,
      pattern: configuration.pattern(ofLayer: index, attention),
      scratch: activations.attentionScratch)
    let sum = configuration.normPlacement == .before ? layer.middle : layer.attentionInput
    linear(sum, layer.attended, slots.attentionOutput)
    dropout?.forward(sum, at: .attention(layer: index), on: processor)
    processor.add(sum, layer.input)
    if configuration.normPlacement == .after, let norm = slots.attentionNorm {
      normalize(layer.middle, sum, norm, layer.attentionNorm)
    }
  }

  /// output = middle + f(norm(middle)), or norm(middle + f(middle)), with f = output(act(input(…))).
  private func feedForward(
    _ index: Int, _ layer: Activations.Layer, output: Matrix, _ dropout: Dropout?
  ) {
    let slots = layout.layers[index]
    let isBefore = configuration.normPlacement == .before
    if isBefore {
      normalize(layer.feedForwardInput, layer.middle, slots.feedForwardNorm, layer.feedForwardNorm)
    }
    linear(layer.gateInput, feedForwardSource(layer), slots.feedForwardInput)
    if configuration.feedForwardIsGated {
      processor.gatedForward(layer.gated, layer.gateInput, configuration.activation)
    } else {
      processor.activationForward(layer.gated, layer.gateInput, configuration.activation)
    }
    let sum = isBefore ? output : layer.feedForwardInput
    linear(sum, layer.gated, slots.feedForwardOutput)
    dropout?.forward(sum, at: .feedForward(layer: index), on: processor)
    processor.add(sum, layer.middle)
    if !isBefore { normalize(output, sum, slots.feedForwardNorm, layer.feedForwardNorm) }
  }

  /// What a layer's queries, keys and values are computed from.
  func attentionSource(_ index: Int, _ layer: Activations.Layer) -> Matrix {
    configuration.normPlacement == .after || layout.layers[index].attentionNorm == nil
      ? layer.input : layer.attentionInput
  }

  /// What a layer's feed-forward network is computed from.
  func feedForwardSource(_ layer: Activations.Layer) -> Matrix {
    configuration.normPlacement == .after ? layer.middle : layer.feedForwardInput
  }
}
