/// RoBERTa (Liu and others, 2019, arXiv 1907.11692): BERT's transformer, positions counted from behind the
/// padding token's.
enum RoBERTa: RoBERTaArchitecture {
  static let className = "Roberta"
}

/// XLM-RoBERTa, and what has its layout: multilingual E5, BGE-M3.
enum XLMRoBERTa: RoBERTaArchitecture {
  static let className = "XLMRoberta"
}

/// CamemBERT.
enum CamemBERT: RoBERTaArchitecture {
  static let className = "Camembert"
}

/// What RoBERTa and its relatives have in common, which is all but the names of their classes.
protocol RoBERTaArchitecture: BERTArchitecture {
  /// What the names of the classes begin with.
  static var className: String { get }
}

extension RoBERTaArchitecture {
  static var prefix: String { "roberta" }
  static var poolerName: String? { "roberta.pooler.dense" }
  static var classes: [(name: String, head: HeadKind)] {
    [
      (className + "Model", .none), (className + "ForMaskedLM", .languageModel),
      (className + "ForCausalLM", .languageModel),
      (className + "ForSequenceClassification", .classification),
    ]
  }
  static var unusedTensors: [String] { ["roberta.pooler.", "lm_head.", "classifier."] }

  static func transformer(
    _ reader: ConfigurationReader
  ) throws(ModelError) -> TransformerConfiguration {
    // A file that leaves keys out means RoBERTa's own default values.
    var shape = try BERTBody.transformer(reader)
    let padding = reader.file.pad_token_id ?? 1
    guard padding >= 0, padding < max(1, shape.positionCount) - 1, padding < Int32.max else {
      throw ModelError(
        .malformed, reader.path,
        "pad_token_id: expected fewer than the \(shape.positionCount) positions, found \(padding)")
    }
    shape.positions = .learned(count: shape.positionCount, padding: Int32(padding))
    shape.maximumLength = shape.positionCount - padding - 1
    shape.languageModelHead.activation = .gelu
    return shape
  }

  static func write(_ description: ModelDescription, to file: inout ConfigurationFile) {
    BERTBody.write(description.transformer, to: &file)
    if case .learned(_, let padding?) = description.transformer.positions {
      file.pad_token_id = Int(padding)
    }
    (file.cls_token_id, file.sep_token_id) = (nil, nil)
  }

  static func headTensor(
    _ name: String, _ kind: String, in description: ModelDescription
  ) -> TensorName? {
    switch name {
    case "head.dense": return TensorName("lm_head.dense.\(kind)")
    case "head.norm": return TensorName("lm_head.layer_norm.\(kind)")
    case "head.vocabulary": return TensorName("lm_head.decoder.weight")
    case "head.vocabulary_bias":
      return .vocabularyBias("lm_head.bias", "lm_head.decoder.bias", description.transformer)
    case "pooler.dense":
      // The first layer of the classification head; the transformer alone comes with a pooler.
      return TensorName(
        description.head == .none ? "roberta.pooler.dense.\(kind)" : "classifier.dense.\(kind)")
    case "head.classifier": return TensorName("classifier.out_proj.\(kind)")
    default: return nil
    }
  }
}
