import MLMNumerics

/// A family that has BERT's transformer, and a head of its own.
protocol BERTArchitecture: ModelArchitecture {
  /// The name of a parameter of a head; nil where there is no such parameter.
  ///
  /// - Parameters:
  ///   - name: What we call it, without what tells a bias from a weight.
  ///   - kind: `weight` or `bias`.
  ///   - description: The model.
  static func headTensor(
    _ name: String, _ kind: String, in description: ModelDescription
  ) -> TensorName?
}

extension BERTArchitecture {
  static func tensorNames(
    of slot: ParameterLayout.Slot, in description: ModelDescription
  ) -> [TensorName] {
    if let names = BERTBody.tensorNames(
      of: slot, prefix: prefix, width: description.transformer.width)
    {
      return names
    }
    let (name, kind) = slot.nameAndKind
    guard let tensor = headTensor(name, kind, in: description) else {
      preconditionFailure("no name for \(slot.name)")
    }
    return [tensor]
  }
}

/// The transformer that BERT, RoBERTa and ELECTRA share, and its tensor names.
enum BERTBody {
  /// The switches of BERT's transformer.
  ///
  /// - Parameters:
  ///   - epsilon: Added to the variance inside layer norms, where the file does not say it.
  ///   - types: The number of token types, where the file does not say it.
  static func transformer(
    _ reader: ConfigurationReader, epsilon: Double = 1e-12, types: Int = 2
  ) throws(ModelError) -> TransformerConfiguration {
    let file = reader.file
    if let kind = file.position_embedding_type, kind != "absolute" {
      throw reader.unsupported("position_embedding_type", kind)
    }
    if file.add_cross_attention == true { throw reader.unsupported("add_cross_attention", true) }
    var shape = try reader.sizes(normEpsilon: file.layer_norm_eps ?? epsilon)
    shape.attention = file.is_decoder == true ? .causal : .bidirectional
    shape.useBERTBlock(
      activation: try reader.activation("hidden_act", file.hidden_act),
      positions: .learned(count: shape.maximumLength, padding: nil))
    shape.tokenTypeCount = file.type_vocab_size ?? types
    shape.languageModelHead.isTied = file.tie_word_embeddings ?? true
    return shape
  }

  static func write(_ shape: TransformerConfiguration, to file: inout ConfigurationFile) {
    file.setSizes(of: shape)
    file.layer_norm_eps = shape.normEpsilon.asWritten
    file.hidden_act = shape.activation.configurationName
    file.type_vocab_size = shape.tokenTypeCount
    file.position_embedding_type = "absolute"
    (file.hidden_dropout_prob, file.attention_probs_dropout_prob) = (0.1, 0.1)
    if shape.attention == .causal { file.is_decoder = true }
  }

  /// The names of a parameter that is not part of a head; nil for the others.
  ///
  /// - Parameter prefix: What the family calls the transformer.
  static func tensorNames(
    of slot: ParameterLayout.Slot, prefix: String, width: Int
  ) -> [TensorName]? {
    let (name, kind) = slot.nameAndKind
    let parts = name.split(separator: ".")
    guard parts[0] == "layer" else {
      return embeddingName(name).map { [TensorName("\(prefix).\($0).\(kind)")] }
    }
    let layer = "\(prefix).encoder.layer.\(parts[1])"
    switch parts[2...].joined(separator: ".") {
    case "attention.query_key_value":
      return TensorName.split(
        ["query", "key", "value"].map { "\(layer).attention.self.\($0).\(kind)" }, width)
    case "attention.output": return [TensorName("\(layer).attention.output.dense.\(kind)")]
    case "attention.norm": return [TensorName("\(layer).attention.output.LayerNorm.\(kind)")]
    case "feed_forward.input": return [TensorName("\(layer).intermediate.dense.\(kind)")]
    case "feed_forward.output": return [TensorName("\(layer).output.dense.\(kind)")]
    case "feed_forward.norm": return [TensorName("\(layer).output.LayerNorm.\(kind)")]
    default: return nil
    }
  }

  private static func embeddingName(_ name: String) -> String? {
    switch name {
    case "embedding.token": "embeddings.word_embeddings"
    case "embedding.position": "embeddings.position_embeddings"
    case "embedding.type": "embeddings.token_type_embeddings"
    case "embedding.norm": "embeddings.LayerNorm"
    case "embedding.projection": "embeddings_project"
    default: nil
    }
  }
}

extension TransformerConfiguration {
  /// Sets the switches that BERT, RoBERTa, DistilBERT and ELECTRA have in common: norms after
  /// sublayers, biases everywhere, learned positions and no gate.
  package mutating func useBERTBlock(activation: ActivationFunction, positions: Positions) {
    normPlacement = .after
    normHasBias = true
    (attentionHasBias, feedForwardHasBias) = (true, true)
    feedForwardIsGated = false
    self.activation = activation
    self.positions = positions
    languageModelHead = HeadShape(denseHasBias: true, activation: activation)
    classificationHead = HeadShape(
      denseHasBias: true, activation: .tanh, hasNorm: false, sharesTransform: false)
  }

  /// Rows of the table of learned positions.
  package var positionCount: Int {
    if case .learned(let count, _) = positions { count } else { maximumLength }
  }
}

extension ParameterLayout.Slot {
  /// The name without what tells a bias from a weight, and PyTorch's word for that.
  var nameAndKind: (name: String, kind: String) {
    if name.hasSuffix(".bias") { return (String(name.dropLast(5)), "bias") }
    if name.hasSuffix(".weight") { return (String(name.dropLast(7)), "weight") }
    return (name, name.hasSuffix("_bias") ? "bias" : "weight")
  }
}

extension TensorName {
  /// Parts of equal size that are stacked in one parameter by rows.
  static func split(_ names: [String], _ rows: Int) -> [TensorName] {
    names.enumerated().map { index, name in
      TensorName(name, rows: index * rows..<(index + 1) * rows)
    }
  }
}
