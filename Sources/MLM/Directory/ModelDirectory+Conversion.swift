import MLMModel
import MLMNumerics

/// A layout that a model can be written in.
public enum ModelLayout: String, CaseIterable, Sendable {
  /// BERT's: for models whose layers are BERT's, whatever their tensors are called.
  case bert
  /// ModernBERT's, with attention to both sides.
  case modernBERT = "modernbert"
  /// That of ModernBERT's decoder, with attention to the left.
  case modernBERTDecoder = "modernbert-decoder"
  /// The layout that the model has, without a head.
  case sentenceTransformers = "sentence-transformers"
}

extension ModelDirectory {
  /// The same model in another layout, which computes the same rows.
  ///
  /// - Throws: ``ModelError`` with code `unsupported` where its shape does not allow it.
  public func converted(to layout: ModelLayout) throws(ModelError) -> ModelDirectory {
    var description = description
    switch layout {
    case .sentenceTransformers:
      description.head = .none
      // What transformers expects and nobody reads: without it loading would warn.
      description.transformer.hasPooler = description.family.hasPooler
    case .modernBERT, .modernBERTDecoder:
      guard description.family == .modernBERT else { throw cannot(layout, "another block") }
      let attention: TransformerConfiguration.Attention =
        layout == .modernBERT ? .bidirectional : .causal
      if case .classification = description.head, attention != description.transformer.attention {
        throw cannot(
          layout, "a classifier that sees \(attention == .causal ? "both sides" : "one side")")
      }
      description.transformer.attention = attention
    case .bert: description = try asBERT()
    }
    let converted = Parameters(description.layout)
    fill(converted.copyShared(from: parameters), of: converted)
    return ModelDirectory(
      tokenizer: tokenizer, description: description, parameters: converted,
      sentencePooling: sentencePooling)
  }

  private func cannot(_ layout: ModelLayout, _ found: String) -> ModelError {
    ModelError(
      .unsupported, layout.rawValue,
      "expected a model that the layout has room for, found \(found) (\(description.className))")
  }

  private func asBERT() throws(ModelError) -> ModelDescription {
    var description = description
    var shape = description.transformer
    guard shape.normPlacement == .after, case .learned(_, let padding) = shape.positions else {
      throw cannot(.bert, "another block")
    }
    guard shape.embeddingWidth == shape.width else { throw cannot(.bert, "projected embeddings") }
    switch description.head {
    case .none: shape.hasPooler = true
    case .languageModel:
      // BERT's activation is the same everywhere.
      guard shape.languageModelHead.activation == shape.activation else {
        throw cannot(.bert, "a head with another activation")
      }
    case .classification:
      guard shape.classificationHead.activation == .tanh else {
        throw cannot(.bert, "a classifier without tanh")
      }
    case .replacedTokens: throw cannot(.bert, "a discriminator")
    }
    shape.classificationHead.activation = .tanh
    // A padding token inside a text has a position of its own there, which BERT cannot say; no
    // tokenizer puts one there.
    shape.positions = .learned(count: shape.positionCount - Int(padding ?? -1) - 1, padding: nil)
    shape.tokenTypeCount = max(1, shape.tokenTypeCount)
    description.transformer = shape
    description.family = .bert
    return description
  }

  /// What BERT has otherwise: positions from 0, at least one type of tokens, and a pooler.
  private func fill(_ names: [String], of converted: Parameters) {
    for (index, slot) in converted.layout.slots.enumerated() where names.contains(slot.name) {
      // The others stay zeros: a type that changes nothing, a pooler that is not read.
      guard slot.name == "embedding.position", let source = parameters.layout.positionEmbedding
      else { continue }
      let skipped = parameters.layout.slots[source].count - slot.count
      converted.vector(index).update(from: parameters.vector(source) + skipped, count: slot.count)
    }
  }
}
