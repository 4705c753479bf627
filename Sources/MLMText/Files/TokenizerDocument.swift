/// The parts of a tokenizer that is made here, by training or of vocabulary files, beside its model.
struct TokenizerDocument {
  /// In the order of their identifiers.
  var addedTokens: [AddedToken] = []
  var normalizer = Normalizer(steps: [])
  var preTokenizer: PreTokenizer
  var postProcessor = PostProcessor.none
  var decoder: Decoder?

  /// Adds those of the special tokens that the vocabulary has.
  mutating func add(_ special: [String], _ identifier: (String) -> Int?) {
    for token in special {
      guard let id = identifier(token) else { continue }
      addedTokens.append(AddedToken(id: Int32(id), content: Array(token.utf8)))
    }
  }

  /// An added token by its spelling, as post-processors have it.
  func special(_ spelling: String) -> PostProcessor.Special? {
    addedTokens.first { $0.content == Array(spelling.utf8) }
      .map { PostProcessor.Special(token: $0.content, id: $0.id) }
  }

  /// The tokenizer.json, as Hugging Face tokenizers 0.23 would save it, byte for byte; `model` writes
  /// the model.
  func json(model: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("version", "1.0")
      writer.name("truncation")
      writer.null()
      writer.name("padding")
      writer.null()
      writer.name("added_tokens")
      writer.array { writer in
        for token in addedTokens {
          writer.element()
          writer.write(token)
        }
      }
      writer.name("normalizer")
      writer.write(normalizer)
      writer.name("pre_tokenizer")
      writer.write(preTokenizer)
      writer.name("post_processor")
      writer.write(postProcessor)
      writer.name("decoder")
      writer.write(decoder)
      writer.name("model")
      model(&writer)
    }
    return writer.bytes
  }
}
