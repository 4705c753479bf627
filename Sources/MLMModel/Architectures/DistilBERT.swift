/// DistilBERT (Sanh and others, 2019, arXiv 1910.01108): BERT's transformer under other names, without
/// token types.
enum DistilBERT: ModelArchitecture {
  static let prefix = "distilbert"
  static let poolerName: String? = nil
  static let classes: [(name: String, head: HeadKind)] = [
    ("DistilBertModel", .none), ("DistilBertForMaskedLM", .languageModel),
    ("DistilBertForSequenceClassification", .classification),
  ]
  static let unusedTensors = ["vocab_", "pre_classifier.", "classifier."]

  static func transformer(
    _ reader: ConfigurationReader
  ) throws(ModelError) -> TransformerConfiguration {
    let file = reader.file
    let positions = try reader.required("max_position_embeddings", file.max_position_embeddings)
    let activation = try reader.activation("activation", file.activation)
    var shape = TransformerConfiguration(
      vocabularySize: try reader.required("vocab_size", file.vocab_size),
      layerCount: try reader.required("n_layers", file.n_layers ?? file.num_hidden_layers),
      width: try reader.required("dim", file.dim ?? file.hidden_size),
      feedForwardWidth: try reader.required("hidden_dim", file.hidden_dim),
      headCount: try reader.required("n_heads", file.n_heads ?? file.num_attention_heads),
      maximumLength: positions, normEpsilon: 1e-12)
    // Positions made of sines are stored as learned ones are.
    shape.useBERTBlock(
      activation: activation, positions: .learned(count: positions, padding: nil))
    shape.classificationHead.activation = .relu
    shape.languageModelHead.isTied = file.tie_word_embeddings ?? true
    return shape
  }

  static func write(_ description: ModelDescription, to file: inout ConfigurationFile) {
    let shape = description.transformer
    file.dim = shape.width
    file.n_layers = shape.layerCount
    file.n_heads = shape.headCount
    file.hidden_dim = shape.feedForwardWidth
    file.max_position_embeddings = shape.positionCount
    file.activation = shape.activation.configurationName
    file.sinusoidal_pos_embds = false
    (file.dropout, file.attention_dropout) = (0.1, 0.1)
    file.leaveOutTextTokens()
  }

  static func tensorNames(
    of slot: ParameterLayout.Slot, in description: ModelDescription
  ) -> [TensorName] {
    let (name, kind) = slot.nameAndKind
    let parts = name.split(separator: ".")
    if parts[0] == "layer" {
      let layer = "distilbert.transformer.layer.\(parts[1])"
      switch parts[2...].joined(separator: ".") {
      case "attention.query_key_value":
        return TensorName.split(
          ["q", "k", "v"].map { "\(layer).attention.\($0)_lin.\(kind)" },
          description.transformer.width)
      case "attention.output": return [TensorName("\(layer).attention.out_lin.\(kind)")]
      case "attention.norm": return [TensorName("\(layer).sa_layer_norm.\(kind)")]
      case "feed_forward.input": return [TensorName("\(layer).ffn.lin1.\(kind)")]
      case "feed_forward.output": return [TensorName("\(layer).ffn.lin2.\(kind)")]
      case "feed_forward.norm": return [TensorName("\(layer).output_layer_norm.\(kind)")]
      default: preconditionFailure("no name for \(slot.name)")
      }
    }
    let embeddings = "distilbert.embeddings"
    switch name {
    case "embedding.token": return [TensorName("\(embeddings).word_embeddings.weight")]
    case "embedding.position": return [TensorName("\(embeddings).position_embeddings.weight")]
    case "embedding.norm": return [TensorName("\(embeddings).LayerNorm.\(kind)")]
    case "head.dense": return [TensorName("vocab_transform.\(kind)")]
    case "head.norm": return [TensorName("vocab_layer_norm.\(kind)")]
    case "head.vocabulary": return [TensorName("vocab_projector.weight")]
    case "head.vocabulary_bias": return [TensorName("vocab_projector.bias")]
    case "pooler.dense": return [TensorName("pre_classifier.\(kind)")]
    case "head.classifier": return [TensorName("classifier.\(kind)")]
    default: preconditionFailure("no name for \(slot.name)")
    }
  }
}
