import MLMNumerics

/// The sizes of a transformer by the keys that BERT and ModernBERT share.
extension ConfigurationReader {
  /// A transformer of the sizes that a file says.
  ///
  /// - Throws: ``ModelError`` with code `malformed` where one is missing.
  func sizes(normEpsilon: Double) throws(ModelError) -> TransformerConfiguration {
    TransformerConfiguration(
      vocabularySize: try required("vocab_size", file.vocab_size),
      layerCount: try required("num_hidden_layers", file.num_hidden_layers),
      width: try required("hidden_size", file.hidden_size),
      feedForwardWidth: try required("intermediate_size", file.intermediate_size),
      headCount: try required("num_attention_heads", file.num_attention_heads),
      maximumLength: try required("max_position_embeddings", file.max_position_embeddings),
      normEpsilon: Float(normEpsilon))
  }
}

extension ConfigurationFile {
  /// Writes the sizes, without that of the vocabulary.
  mutating func setSizes(of shape: TransformerConfiguration) {
    hidden_size = shape.width
    num_hidden_layers = shape.layerCount
    num_attention_heads = shape.headCount
    intermediate_size = shape.feedForwardWidth
    max_position_embeddings = shape.positionCount
  }

  /// Leaves out the tokens around a text, where a family's files do not name them.
  mutating func leaveOutTextTokens() {
    (bos_token_id, eos_token_id, cls_token_id, sep_token_id) = (nil, nil, nil, nil)
  }
}

extension Float {
  /// The number as text has it: 1e-5 as a Float is not 1e-5 as a Double.
  var asWritten: Double? { Double("\(self)") }
}
