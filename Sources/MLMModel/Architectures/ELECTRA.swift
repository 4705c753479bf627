/// ELECTRA (Clark and others, 2020, arXiv 2003.10555), generator and discriminator: BERT's transformer
/// below which narrower embeddings are projected.
enum ELECTRA: BERTArchitecture {
  static let prefix = "electra"
  static let poolerName: String? = nil
  static let classes: [(name: String, head: HeadKind)] = [
    ("ElectraModel", .none), ("ElectraForMaskedLM", .languageModel),
    ("ElectraForCausalLM", .languageModel), ("ElectraForPreTraining", .replacedTokens),
    ("ElectraForSequenceClassification", .classification),
  ]
  static let unusedTensors = [
    "generator_predictions.", "generator_lm_head.", "discriminator_predictions.", "classifier.",
  ]

  static func transformer(
    _ reader: ConfigurationReader
  ) throws(ModelError) -> TransformerConfiguration {
    var shape = try BERTBody.transformer(reader)
    shape.embeddingWidth = try reader.required("embedding_size", reader.file.embedding_size)
    shape.languageModelHead.activation = .gelu
    shape.classificationHead.activation = .gelu
    return shape
  }

  static func write(_ description: ModelDescription, to file: inout ConfigurationFile) {
    BERTBody.write(description.transformer, to: &file)
    file.embedding_size = description.transformer.embeddingWidth
    file.leaveOutTextTokens()
  }

  static func headTensor(
    _ name: String, _ kind: String, in description: ModelDescription
  ) -> TensorName? {
    let isDiscriminator = description.head == .replacedTokens
    switch name {
    case "head.dense":
      let head = isDiscriminator ? "discriminator_predictions" : "generator_predictions"
      return TensorName("\(head).dense.\(kind)")
    case "head.norm": return TensorName("generator_predictions.LayerNorm.\(kind)")
    case "head.vocabulary": return TensorName("generator_lm_head.weight")
    case "head.vocabulary_bias": return TensorName("generator_lm_head.bias")
    case "pooler.dense": return TensorName("classifier.dense.\(kind)")
    case "head.classifier":
      return TensorName(
        isDiscriminator
          ? "discriminator_predictions.dense_prediction.\(kind)" : "classifier.out_proj.\(kind)")
    default: return nil
    }
  }
}
