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
    guard let model = model.bytePairs, !model.ignoresMerges, isOwn,
      case .byteLevel(let byteLevel) = preTokenizer.steps.first,
      case .byteLevel(let decoding) = decoder
    else { return source ?? [] }
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("version")
      writer.string("1.0")
      writer.name("truncation")
      writer.null()
      writer.name("padding")
      writer.null()
      writer.name("added_tokens")
      writer.array { writer in
        for token in addedTokens {
          writer.element()
          write(token, to: &writer)
        }
      }
      writer.name("normalizer")
      writeNormalizer(to: &writer)
      writer.name("pre_tokenizer")
      write(byteLevel, to: &writer)
      writer.name("post_processor")
      writePostProcessor(to: &writer)
      writer.name("decoder")
      write(decoding, to: &writer)
      writer.name("model")
      write(model, to: &writer)
    }
    return writer.bytes
  }

  /// Whether every part is of the kind that is trained here.
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
    return isPlain && isKnownProcessor && truncation == nil && padding == nil
      && preTokenizer.steps.count == 1 && !preTokenizer.isSequence
      && addedTokens.allSatisfy { !$0.isSingleWord && !$0.isNormalized }
  }

  private func write(_ token: AddedToken, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("id")
      writer.number(Int(token.id))
      writer.name("content")
      writer.string(token.content)
      writer.name("single_word")
      writer.bool(false)
      writer.name("lstrip")
      writer.bool(token.takesSpaceBefore)
      writer.name("rstrip")
      writer.bool(token.takesSpaceAfter)
      writer.name("normalized")
      writer.bool(false)
      writer.name("special")
      writer.bool(token.isSpecial)
    }
  }

  private func write(_ step: Normalizer.Step, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      switch step.kind {
      case .form(let form): writer.string(form.rawValue.uppercased())
      case .lowercase: writer.string("Lowercase")
      default: writer.string("StripAccents")
      }
    }
  }

  private func writeNormalizer(to writer: inout JSONWriter) {
    let steps = normalizer.steps
    switch steps.count {
    case 0: writer.null()
    case 1: write(steps[0], to: &writer)
    default:
      writer.object { writer in
        writer.name("type")
        writer.string("Sequence")
        writer.name("normalizers")
        writer.array { writer in
          for step in steps {
            writer.element()
            write(step, to: &writer)
          }
        }
      }
    }
  }

  private func write(_ settings: ByteLevelSettings, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      writer.string("ByteLevel")
      writer.name("add_prefix_space")
      writer.bool(settings.addsPrefixSpace)
      writer.name("trim_offsets")
      writer.bool(settings.trimsOffsets)
      writer.name("use_regex")
      writer.bool(settings.splitsWords)
    }
  }
}
