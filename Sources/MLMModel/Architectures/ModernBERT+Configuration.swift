extension ModernBERT {
  /// The one class whose scores have a bias only where the layers below have.
  private static let decoderClassifier = "ModernBertDecoderForSequenceClassification"

  static func transformer(
    _ reader: ConfigurationReader
  ) throws(ModelError) -> TransformerConfiguration {
    let file = reader.file
    let headActivation = try reader.activation("classifier_activation", file.classifier_activation)
    for kind in file.rope_parameters?.values ?? [:].values {
      if let type = kind.rope_type, type != "default" {
        throw reader.unsupported("rope_type", type)
      }
    }
    let isDecoder = file.model_type == decoderType
    let base =
      file.rope_parameters?["full_attention"]?.rope_theta ?? file.global_rope_theta ?? 160_000
    var shape = try reader.sizes(normEpsilon: file.norm_eps ?? 1e-5)
    shape.activation = try reader.activation("hidden_activation", file.hidden_activation)
    shape.rotaryBase = Float(base)
    shape.attention = isDecoder ? .causal : .bidirectional
    shape.normHasBias = file.norm_bias ?? false
    shape.attentionHasBias = file.attention_bias ?? false
    shape.feedForwardHasBias = file.mlp_bias ?? false
    let headHasBias = file.classifier_bias ?? false
    shape.languageModelHead = HeadShape(
      denseHasBias: headHasBias, activation: headActivation,
      scoresHaveBias: file.decoder_bias ?? true,
      isTied: file.tie_word_embeddings ?? true)
    shape.classificationHead = HeadShape(
      denseHasBias: headHasBias, activation: headActivation,
      scoresHaveBias: headHasBias || file.architectures?.first != decoderClassifier)
    shape.localAttention = try localAttention(reader, shape, isDecoder: isDecoder)
    return shape
  }

  /// The layers that see only places nearby.
  ///
  /// Both count half of `local_attention`; the encoder's places see as many places to either side,
  /// the decoder's as many places with themselves.
  private static func localAttention(
    _ reader: ConfigurationReader, _ shape: TransformerConfiguration, isDecoder: Bool
  ) throws(ModelError) -> TransformerConfiguration.LocalAttention? {
    let file = reader.file
    let layers: [Bool]
    if let types = file.layer_types {
      if let unknown = types.first(where: { !["full_attention", "sliding_attention"].contains($0) })
      {
        throw reader.unsupported("layer_types", unknown)
      }
      guard types.count == shape.layerCount else {
        throw ModelError(
          .malformed, reader.path,
          "layer_types: expected one for each of \(shape.layerCount) layers, found \(types.count)")
      }
      layers = types.map { $0 == "sliding_attention" }
    } else {
      let every = file.global_attn_every_n_layers ?? 3
      guard every > 0, (1...1 << 10).contains(shape.layerCount) else {
        throw ModelError(
          .malformed, reader.path,
          "global_attn_every_n_layers: expected a number from 1, found \(every)")
      }
      layers = (0..<shape.layerCount).map { $0 % every != 0 }
    }
    guard layers.contains(true) else { return nil }
    let window = file.local_attention ?? 128
    let reach = window / 2 - (isDecoder ? 1 : 0)
    guard window >= 0, reach >= 0 else {
      throw ModelError(
        .malformed, reader.path,
        "local_attention: expected a window that holds a place, found \(window)")
    }
    let base =
      file.rope_parameters?["sliding_attention"]?.rope_theta ?? file.local_rope_theta ?? 10_000
    return .init(reach: reach, rotaryBase: Float(base), layers: layers)
  }

  static func pooling(_ reader: ConfigurationReader) throws(ModelError) -> Pooling {
    // The decoder's only way, whatever the file says.
    if reader.file.architectures?.first == decoderClassifier { return .last }
    let name = reader.file.classifier_pooling ?? "cls"
    if name == "cls" { return .first }
    guard name != "first", let pooling = Pooling(rawValue: name) else {
      throw ModelError(
        .unsupported, reader.path, "classifier_pooling: expected mean, cls or max, found \(name)")
    }
    return pooling
  }

  static func write(_ description: ModelDescription, to file: inout ConfigurationFile) {
    let shape = description.transformer
    let isDecoder = shape.attention == .causal
    if isDecoder { file.model_type = decoderType }
    file.setSizes(of: shape)
    file.norm_eps = shape.normEpsilon.asWritten
    file.global_rope_theta = shape.rotaryBase.asWritten
    file.local_rope_theta = (shape.localAttention?.rotaryBase ?? shape.rotaryBase).asWritten
    file.hidden_activation = shape.activation.configurationName
    file.classifier_activation = shape.classificationHead.activation.configurationName
    // Where transformers knows no such pooling, it says so, which beats other numbers without a word.
    file.classifier_pooling = description.pooling == .first ? "cls" : description.pooling.rawValue
    file.norm_bias = shape.normHasBias
    (file.attention_bias, file.mlp_bias) = (shape.attentionHasBias, shape.feedForwardHasBias)
    file.decoder_bias = shape.languageModelHead.scoresHaveBias
    file.classifier_bias = shape.classificationHead.denseHasBias
    // Where weights are cut off when they are drawn: text-embeddings-inference wants to be told.
    file.initializer_cutoff_factor = 2
    file.reference_compile = false
    (file.attention_dropout, file.embedding_dropout) = (0, 0)
    (file.mlp_dropout, file.classifier_dropout) = (0, 0)
    (file.global_attn_every_n_layers, file.local_attention) = (1, 128)
    guard let local = shape.localAttention else { return }
    file.local_attention = 2 * (local.reach + (isDecoder ? 1 : 0))
    file.layer_types = local.layers.map { $0 ? "sliding_attention" : "full_attention" }
    // Version 4 of the encoder reads no list: the pattern by its period, where it has one.
    file.global_attn_every_n_layers = local.period
  }
}
