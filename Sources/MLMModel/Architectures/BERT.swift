/// BERT (Devlin and others, 2018, arXiv 1810.04805), and what has its layout: MiniLM, BGE, E5, GTE.
enum BERT: BERTArchitecture {
  static let prefix = "bert"
  static let poolerName: String? = "bert.pooler.dense"
  static let classes: [(name: String, head: HeadKind)] = [
    ("BertModel", .none), ("BertForMaskedLM", .languageModel),
    ("BertForPreTraining", .languageModel), ("BertLMHeadModel", .languageModel),
    ("BertForSequenceClassification", .classification),
  ]
  static let unusedTensors = ["bert.pooler.", "cls.", "classifier."]

  static func transformer(
    _ reader: ConfigurationReader
  ) throws(ModelError) -> TransformerConfiguration {
    try BERTBody.transformer(reader)
  }

  static func write(_ description: ModelDescription, to file: inout ConfigurationFile) {
    BERTBody.write(description.transformer, to: &file)
    file.leaveOutTextTokens()
  }

  static func headTensor(
    _ name: String, _ kind: String, in description: ModelDescription
  ) -> TensorName? {
    switch name {
    case "head.dense": return TensorName("cls.predictions.transform.dense.\(kind)")
    case "head.norm": return TensorName("cls.predictions.transform.LayerNorm.\(kind)")
    case "head.vocabulary": return TensorName("cls.predictions.decoder.weight")
    case "head.vocabulary_bias":
      return .vocabularyBias(
        "cls.predictions.bias", "cls.predictions.decoder.bias", description.transformer)
    case "pooler.dense": return TensorName("bert.pooler.dense.\(kind)")
    case "head.classifier": return TensorName("classifier.\(kind)")
    default: return nil
    }
  }
}

extension TensorName {
  /// The bias of the scores over the vocabulary, which transformers has under two names.
  ///
  /// Where matrix and token embedding are tied, so are the two, and files hold the first; otherwise
  /// the second is the one that is used, and transformers 5 misses the first if it is not there.
  static func vocabularyBias(
    _ tied: String, _ own: String, _ shape: TransformerConfiguration
  ) -> TensorName {
    shape.languageModelHead.isTied
      ? TensorName(tied, alternative: own) : TensorName(own, alternative: tied, copyName: tied)
  }
}
