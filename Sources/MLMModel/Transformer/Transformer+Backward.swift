import MLMNumerics

extension Transformer {
  /// The forward pass read upwards: adds the gradient of every parameter to `gradients`.
  ///
  /// - Parameters:
  ///   - outputGradient: The gradient of `activations.output`: T×H or P×H.
  ///   - batch, activations, attention, dropout: As in the forward pass just done.
  ///   - layerIsDone: Called with the number of each layer, the last one first, as soon as all its
  ///     gradients are there.
  package func backward(
    outputGradient: Matrix, _ batch: Batch, _ activations: Activations, into gradients: Parameters,
    attention: TransformerConfiguration.Attention? = nil, dropout: Dropout? = nil,
    layerIsDone: (Int) -> Void = { _ in }
  ) {
    guard let scratch = activations.backward else {
      preconditionFailure("a backward pass needs activations that keep their layers")
    }
    // Behind the last layer's attention there may be fewer rows.
    let last = activations.wanted.map(scratch.forWanted) ?? scratch
    if let norm = layout.finalNorm {
      normalizeBackward(
        last.stream, outputGradient, input: activations.finalInput, norm,
        activations.finalNorm, gradients, accumulates: false)
    } else {
      last.stream.copy(from: outputGradient)
    }
    for index in (0..<configuration.layerCount).reversed() {
      let layer = activations.layers[index]
      let isLast = index + 1 == configuration.layerCount
      feedForwardBackward(index, layer, isLast ? last : scratch, gradients, dropout)
      attendBackward(index, batch, activations, scratch, gradients, attention, dropout)
      layerIsDone(index)
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
      restore(layer.feedForwardInput)
      normalizeBackward(
        scratch.stream, scratch.stream, input: layer.feedForwardInput.matrix, slots.feedForwardNorm,
        layer.feedForwardNorm, gradients, accumulates: false)
    }
    let branch = branchGradient(scratch, at: .feedForward(layer: index), dropout)
    linearInputGradient(layer.gated, branch, slots.feedForwardOutput)
    activateBackward(layer, scratch)
    linearWeightGradient(branch, input: layer.gated, slots.feedForwardOutput, gradients)
    restore(layer.middle)
    normalizeFeedForwardInput(index, layer)
    // Without a norm in between, the gradient goes straight to the residual stream.
    linearBackward(
      isBefore ? scratch.normalized : scratch.stream, scratch.gateInput,
      input: feedForwardSource(layer), slots.feedForwardInput, gradients, accumulates: !isBefore)
    if isBefore {
      normalizeBackward(
        scratch.stream, scratch.normalized, input: layer.middle.matrix, slots.feedForwardNorm,
        layer.feedForwardNorm, gradients, accumulates: true)
    }
  }

  /// The gradient of `activate`, in whose stead `gated` is then there again, for the gradient of the
  /// weight behind it.
  private func activateBackward(_ layer: Activations.Layer, _ scratch: Activations.Backward) {
    layer.forEachBlock { rows in
      let (input, inputGradient) = (layer.gateInput.rows(rows), scratch.gateInput.rows(rows))
      let gated = layer.gated.rows(rows)
      restore(input)
      if configuration.feedForwardIsGated {
        processor.gatedBackward(
          inputGradient: inputGradient, output: gated, outputGradient: gated, input: input.matrix,
          configuration.activation)
      } else {
        processor.activationBackward(
          inputGradient: inputGradient, outputGradient: gated, input: input.matrix,
          configuration.activation)
        processor.activationForward(gated, input.matrix, configuration.activation)
      }
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
    let wanted = self.wanted(index, activations)
    let behind = wanted.map(scratch.forWanted) ?? scratch
    if !isBefore, let norm = slots.attentionNorm {
      restore(layer.attentionInput)
      normalizeBackward(
        behind.stream, behind.stream, input: layer.attentionInput.matrix, norm, layer.attentionNorm,
        gradients, accumulates: false)
    }
    let branch = branchGradient(behind, at: .attention(layer: index), dropout)
    if wanted == nil { restore(layer.attended) }
    linearBackward(
      behind.normalized, branch, input: wanted?.attended ?? layer.attended.matrix,
      slots.attentionOutput, gradients)
    var attendedGradient = behind.normalized
    if let wanted {
      // The other rows have no gradient but through the keys and values of attention.
      attendedGradient = scratch.branch
      for (all, some) in [
        (scratch.branch, behind.normalized), (scratch.stream, behind.stream),
      ] {
        all.clear()
        processor.scatterAddRows(all, from: some, rows: wanted.rows)
      }
    }
    processor.attentionBackward(
      qkvGradient: scratch.queryKeyValue, outputGradient: attendedGradient,
      qkv: layer.queryKeyValue, probabilities: layer.probabilities, offsets: batch.offsets,
      heads: heads, pattern: configuration.pattern(ofLayer: index, attention),
      scratch: activations.attentionScratch)
    if let rotary = rotary(ofLayer: index) {
      processor.rotaryBackward(
        scratch.queryKeyValue.columns(0..<2 * configuration.width), heads: 2 * heads,
        offsets: batch.offsets, table: rotary)
    }
    restore(layer.input)
    normalizeAttentionInput(index, layer)
    let direct = !isBefore || slots.attentionNorm == nil
    linearBackward(
      direct ? scratch.stream : scratch.normalized, scratch.queryKeyValue,
      input: attentionSource(index, layer), slots.queryKeyValue, gradients, accumulates: direct)
    if isBefore, let norm = slots.attentionNorm {
      normalizeBackward(
        scratch.stream, scratch.normalized, input: layer.input.matrix, norm, layer.attentionNorm,
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
