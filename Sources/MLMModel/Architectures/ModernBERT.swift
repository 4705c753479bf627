/// ModernBERT (Warner and others, 2024, arXiv 2412.13663) and its decoder (Ettin), which is the same
/// transformer with causal attention and other tensor names.
enum ModernBERT: ModelArchitecture {
  static let decoderType = "modernbert-decoder"
  static let prefix = "model"
  static let poolerName: String? = nil
  static let classes: [(name: String, head: HeadKind)] = [
    ("ModernBertModel", .none), ("ModernBertForMaskedLM", .languageModel),
    ("ModernBertForSequenceClassification", .classification),
    ("ModernBertDecoderModel", .none), ("ModernBertDecoderForCausalLM", .languageModel),
    ("ModernBertDecoderForSequenceClassification", .classification),
  ]
  // By name, where it can be: a bias where none is expected is an error.
  static let unusedTensors = [
    "decoder.weight", "lm_head.decoder.weight", "decoder.bias", "head.dense.weight",
    "head.norm.weight", "lm_head.dense.weight", "lm_head.norm.weight", "classifier.weight",
    "classifier.bias",
  ]
  static let headTensors = ["head.", "lm_head.", "decoder.", "classifier."]

  static func tensorNames(
    of slot: ParameterLayout.Slot, in description: ModelDescription
  ) -> [TensorName] {
    let isDecoder = description.transformer.attention == .causal
    let (name, kind) = slot.nameAndKind
    let parts = name.split(separator: ".")
    if parts[0] == "layer" {
      let layer = "model.layers.\(parts[1])"
      switch parts[2...].joined(separator: ".") {
      case "attention.norm": return [TensorName("\(layer).attn_norm.\(kind)")]
      case "attention.query_key_value":
        guard isDecoder else { return [TensorName("\(layer).attn.Wqkv.\(kind)")] }
        return TensorName.split(
          ["q", "k", "v"].map { "\(layer).attn.\($0)_proj.\(kind)" },
          description.transformer.width)
      case "attention.output": return [TensorName("\(layer).attn.Wo.\(kind)")]
      case "feed_forward.norm": return [TensorName("\(layer).mlp_norm.\(kind)")]
      case "feed_forward.input": return [TensorName("\(layer).mlp.Wi.\(kind)")]
      case "feed_forward.output": return [TensorName("\(layer).mlp.Wo.\(kind)")]
      default: preconditionFailure("no name for \(slot.name)")
      }
    }
    let head = isDecoder && description.head == .languageModel ? "lm_head" : "head"
    switch name {
    case "embedding.token": return [TensorName("model.embeddings.tok_embeddings.weight")]
    case "embedding.norm": return [TensorName("model.embeddings.norm.\(kind)")]
    case "final_norm": return [TensorName("model.final_norm.\(kind)")]
    case "head.dense": return [TensorName("\(head).dense.\(kind)")]
    case "head.norm": return [TensorName("\(head).norm.\(kind)")]
    case "head.vocabulary": return [TensorName("decoder.weight")]
    case "head.vocabulary_bias": return [TensorName("decoder.bias")]
    case "head.classifier": return [TensorName("classifier.\(kind)")]
    default: preconditionFailure("no name for \(slot.name)")
    }
  }
}
