/// ModernBERT and its decoder as Hugging Face stores them: tensor names and which head a class has.
package enum ModernBERT {
  /// The classes of transformers that a directory of ours opens as.
  enum Architecture: String, CaseIterable {
    case model = "ModernBertModel"
    case maskedLanguageModel = "ModernBertForMaskedLM"
    case sequenceClassification = "ModernBertForSequenceClassification"
    case decoderModel = "ModernBertDecoderModel"
    case causalLanguageModel = "ModernBertDecoderForCausalLM"

    var isDecoder: Bool { self == .decoderModel || self == .causalLanguageModel }

    init(_ description: ModelDescription) {
      let causal = description.transformer.attention == .causal
      self =
        switch description.head {
        case .none: causal ? .decoderModel : .model
        case .languageModel: causal ? .causalLanguageModel : .maskedLanguageModel
        case .classification: .sequenceClassification
        }
    }
  }

  /// The names that a parameter of ours has in `model.safetensors`.
  package static func tensorNames(
    of slot: ParameterLayout.Slot, in description: ModelDescription
  ) -> [TensorName] {
    let isDecoder = Architecture(description).isDecoder
    let width = description.transformer.width
    let parts = slot.name.split(separator: ".")
    if parts[0] == "layer" {
      let layer = "model.layers.\(parts[1])"
      switch parts[2...].joined(separator: ".") {
      case "attention.norm": return [TensorName("\(layer).attn_norm.weight")]
      case "attention.query_key_value":
        guard isDecoder else { return [TensorName("\(layer).attn.Wqkv.weight")] }
        return ["q", "k", "v"].enumerated().map { index, name in
          TensorName(
            "\(layer).attn.\(name)_proj.weight", rows: index * width..<(index + 1) * width)
        }
      case "attention.output": return [TensorName("\(layer).attn.Wo.weight")]
      case "feed_forward.norm": return [TensorName("\(layer).mlp_norm.weight")]
      case "feed_forward.input": return [TensorName("\(layer).mlp.Wi.weight")]
      case "feed_forward.output": return [TensorName("\(layer).mlp.Wo.weight")]
      default: preconditionFailure("no name for \(slot.name)")
      }
    }
    let head = isDecoder ? "lm_head" : "head"
    switch slot.name {
    case "embedding.token": return [TensorName("model.embeddings.tok_embeddings.weight")]
    case "embedding.norm": return [TensorName("model.embeddings.norm.weight")]
    case "final_norm": return [TensorName("model.final_norm.weight")]
    case "head.dense": return [TensorName("\(head).dense.weight")]
    case "head.norm": return [TensorName("\(head).norm.weight")]
    case "head.vocabulary_bias": return [TensorName("decoder.bias")]
    case "head.classifier.weight": return [TensorName("classifier.weight")]
    case "head.classifier.bias": return [TensorName("classifier.bias")]
    default: preconditionFailure("no name for \(slot.name)")
    }
  }

  /// Every tensor of the heads, by name: a bias where none is expected is an error.
  private static let ignorable: Set<String> = [
    // The tied output matrix is a copy of the embedding.
    "decoder.weight", "lm_head.decoder.weight",
    // Heads go unused when only rows, or another head, are asked for.
    "decoder.bias", "head.dense.weight", "head.norm.weight", "lm_head.dense.weight",
    "lm_head.norm.weight", "classifier.weight", "classifier.bias",
  ]

  /// Whether a file may hold a tensor that the part asked for does not use.
  package static func isIgnorable(_ name: String) -> Bool {
    ignorable.contains(name) || name.hasSuffix(".position_ids")
      || name.hasSuffix(".token_type_ids")
  }
}
