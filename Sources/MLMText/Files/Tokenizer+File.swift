extension Tokenizer {
  /// Reads a tokenizer.json; or BERT's `vocab.txt`; or `vocab.json` with `merges.txt` beside it; or
  /// whichever of them a directory holds.
  ///
  /// Throws `FileError` if the file cannot be read, and `TokenizerError` if it is malformed or asks
  /// for a component that is not supported. The document does not say what its special tokens are
  /// for: unless `specialTokens` is given, the start and end come from the template, and the others
  /// from the usual spellings (`[PAD]`, `<pad>` and so on).
  public init(contentsOf path: String, specialTokens: SpecialTokens? = nil) throws {
    let file = VocabularyFiles.file(at: path)
    let json = try VocabularyFiles.document(at: file) ?? FileContents.read(file)
    try self.init(json: json, name: file, specialTokens: specialTokens)
  }

  /// The file that `init(contentsOf:)` reads for `path`: itself, or what a directory holds.
  package static func file(at path: String) -> String { VocabularyFiles.file(at: path) }

  /// Reads the bytes of a tokenizer.json; `name` is what errors call it.
  public init(
    json: [UInt8], name: String, specialTokens: SpecialTokens? = nil
  ) throws(TokenizerError) {
    self = try TokenizerReader(json, name: name).tokenizer(specialTokens: specialTokens)
  }

  /// The tokenizer.json, as Hugging Face tokenizers 0.23 would save it, byte for byte.
  ///
  /// A document with parts that only foreign tokenizers have is given back as it was read.
  public var json: [UInt8] {
    guard let model = model.bytePairs, !model.ignoresMerges, isOwn else { return source ?? [] }
    let document = TokenizerDocument(
      addedTokens: addedTokens, normalizer: normalizer, preTokenizer: preTokenizer,
      postProcessor: postProcessor, decoder: decoder)
    return document.json { writer in
      // Added tokens beyond the model's own are not part of it.
      writer.writePairs(model.vocabulary.tokens, model.merges) { model.vocabulary.isFindable($0) }
    }
  }

  /// Whether every part is of the kind that byte pairs trained here have.
  private var isOwn: Bool {
    let isPlain = normalizer.steps.allSatisfy { step in
      switch step.kind {
      case .form, .lowercase, .stripAccents: true
      default: false
      }
    }
    let isKnownProcessor =
      switch postProcessor {
      case .none, .byteLevel, .template: true
      default: false
      }
    guard case .byteLevel = preTokenizer.steps.first, case .byteLevel = decoder else {
      return false
    }
    return isPlain && isKnownProcessor && truncation == nil && padding == nil
      && preTokenizer.steps.count == 1 && !preTokenizer.isSequence
      && addedTokens.allSatisfy { !$0.isSingleWord && !$0.isNormalized }
  }
}
