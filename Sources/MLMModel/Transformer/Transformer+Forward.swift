import MLMNumerics

extension Transformer {
  /// Computes the rows of a batch into `activations.output`: T×H, or P×H for P `outputRows`, after the
  /// last norm.
  ///
  /// - Parameters:
  ///   - batch: Sequences no longer than the configuration allows.
  ///   - attention: Which places a place may attend to; the configuration's if nil.
  ///   - dropout: What a training step drops; nothing if nil.
  ///   - outputRows: The rows wanted, the only ones for which the last layer goes on after attention;
  ///     all if nil. For activations that keep their layers.
  package func forward(
    _ batch: Batch, into activations: Activations,
    attention: TransformerConfiguration.Attention? = nil, dropout: Dropout? = nil,
    outputRows: [Int32]? = nil
  ) {
    precondition(
      outputRows == nil || activations.keptPrecision != nil, "all rows share one layer's memory")
    precondition(batch.longestSequence <= configuration.maximumLength, "sequence too long")
    activations.prepare(for: batch, outputRows: outputRows)
    embed(batch, activations, dropout)
    for index in 0..<configuration.layerCount {
      let following =
        index + 1 < configuration.layerCount
        ? activations.layers[index + 1].input.matrix : activations.finalInput
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
    let queryKeyValue = layer.queryKeyValue.matrix
    keep(layer.input)
    normalizeAttentionInput(index, layer)
    linear(queryKeyValue, attentionSource(index, layer), slots.queryKeyValue)
    if let rotary = rotary(ofLayer: index) {
      // Queries and keys lie side by side, so one pass over twice the heads rotates both.
      processor.rotaryForward(
        queryKeyValue.columns(0..<2 * configuration.width), heads: 2 * heads,
        offsets: batch.offsets, table: rotary)
    }
    processor.attentionForward(
      layer.attended, qkv: layer.queryKeyValue, probabilities: layer.probabilities,
      offsets: batch.offsets, heads: heads,
      pattern: configuration.pattern(ofLayer: index, attention),
      scratch: activations.attentionScratch)
    var (input, attended) = (layer.input.matrix, layer.attended.matrix)
    if let wanted = self.wanted(index, activations) {
      processor.gatherRows(wanted.input, from: input, rows: wanted.rows)
      processor.gatherRows(wanted.attended, from: attended, rows: wanted.rows)
      (input, attended) = (wanted.input, wanted.attended)
    }
    let sum = (configuration.normPlacement == .before ? layer.middle : layer.attentionInput).matrix
    linear(sum, attended, slots.attentionOutput)
    dropout?.forward(sum, at: .attention(layer: index), on: processor)
    processor.add(sum, input)
    if configuration.normPlacement == .after, let norm = slots.attentionNorm {
      keep(layer.attentionInput)
      normalize(layer.middle.matrix, sum, norm, layer.attentionNorm)
    }
    keep(layer.middle)
  }

  /// output = middle + f(norm(middle)), or norm(middle + f(middle)), with f = output(act(input(…))).
  private func feedForward(
    _ index: Int, _ layer: Activations.Layer, output: Matrix, _ dropout: Dropout?
  ) {
    let slots = layout.layers[index]
    let isBefore = configuration.normPlacement == .before
    normalizeFeedForwardInput(index, layer)
    linear(layer.gateInput.matrix, feedForwardSource(layer), slots.feedForwardInput)
    activate(layer)
    let sum = isBefore ? output : layer.feedForwardInput.matrix
    linear(sum, layer.gated, slots.feedForwardOutput)
    dropout?.forward(sum, at: .feedForward(layer: index), on: processor)
    processor.add(sum, layer.middle.matrix)
    if !isBefore {
      keep(layer.feedForwardInput)
      normalize(output, sum, slots.feedForwardNorm, layer.feedForwardNorm)
    }
  }

  /// The rows that a layer goes on with after attention, if those are not all.
  func wanted(_ index: Int, _ activations: Activations) -> Activations.WantedRows? {
    index + 1 == configuration.layerCount ? activations.wanted : nil
  }

  /// attentionInput = norm(input), where norms come before.
  func normalizeAttentionInput(_ index: Int, _ layer: Activations.Layer) {
    guard configuration.normPlacement == .before, let norm = layout.layers[index].attentionNorm
    else { return }
    normalize(layer.attentionInput.matrix, layer.input.matrix, norm, layer.attentionNorm)
  }

  /// feedForwardInput = norm(middle), where norms come before.
  func normalizeFeedForwardInput(_ index: Int, _ layer: Activations.Layer) {
    guard configuration.normPlacement == .before else { return }
    normalize(
      layer.feedForwardInput.matrix, layer.middle.matrix, layout.layers[index].feedForwardNorm,
      layer.feedForwardNorm)
  }

  /// gated = act(gateInput).
  private func activate(_ layer: Activations.Layer) {
    layer.forEachBlock { rows in
      let (input, output) = (layer.gateInput.rows(rows), layer.gated.rows(rows))
      keep(input)
      if configuration.feedForwardIsGated {
        processor.gatedForward(output, input.matrix, configuration.activation)
      } else {
        processor.activationForward(output, input.matrix, configuration.activation)
      }
    }
  }

  /// What a layer's queries, keys and values are computed from.
  func attentionSource(_ index: Int, _ layer: Activations.Layer) -> Matrix {
    configuration.normPlacement == .after || layout.layers[index].attentionNorm == nil
      ? layer.input.matrix : layer.attentionInput.matrix
  }

  /// What a layer's feed-forward network is computed from.
  func feedForwardSource(_ layer: Activations.Layer) -> Matrix {
    (configuration.normPlacement == .after ? layer.middle : layer.feedForwardInput).matrix
  }
}
