/// The components of a tokenizer.json that are made here, by training or of files without settings.
extension JSONWriter {
  mutating func write(_ token: AddedToken) {
    object { writer in
      writer.member("id", Int(token.id))
      writer.name("content")
      writer.string(token.content)
      writer.member("single_word", token.isSingleWord)
      writer.member("lstrip", token.takesSpaceBefore)
      writer.member("rstrip", token.takesSpaceAfter)
      writer.member("normalized", token.isNormalized)
      writer.member("special", token.isSpecial)
    }
  }

  /// Writes one step, or a sequence of them.
  mutating func write(_ normalizer: Normalizer) {
    let steps = normalizer.steps
    switch steps.count {
    case 0: null()
    case 1: write(steps[0].kind)
    default:
      component("Sequence") { writer in
        writer.name("normalizers")
        writer.array { writer in
          for step in steps {
            writer.element()
            writer.write(step.kind)
          }
        }
      }
    }
  }

  private mutating func write(_ step: NormalizerStep) {
    switch step {
    case .form(let form): component(form.rawValue.uppercased())
    case .lowercase: component("Lowercase")
    case .stripAccents: component("StripAccents")
    case .bert(let bert):
      component("BertNormalizer") { writer in
        writer.member("clean_text", bert.cleansText)
        writer.member("handle_chinese_chars", bert.spacesIdeographs)
        writer.name("strip_accents")
        if let strips = bert.stripsAccents { writer.bool(strips) } else { writer.null() }
        writer.member("lowercase", bert.lowercases)
      }
    case .strip, .nmt, .precompiled, .replace, .prepend, .byteLevel:
      preconditionFailure("no such normalizer is made here")
    }
  }

  /// Writes a pre-tokenizer of one step.
  mutating func write(_ preTokenizer: PreTokenizer) {
    guard let step = preTokenizer.steps.first else { return null() }
    switch step {
    case .byteLevel(let settings): write(settings)
    case .metaspace(let metaspace): write(metaspace)
    case .bert: component("BertPreTokenizer")
    case .whitespace: component("Whitespace")
    case .whitespaceSplit: component("WhitespaceSplit")
    case .delimiter, .digits, .fixedLength, .punctuation, .split, .unicodeScripts:
      preconditionFailure("no such pre-tokenizer is made here")
    }
  }

  mutating func write(_ postProcessor: PostProcessor) {
    switch postProcessor {
    case .none: null()
    case .byteLevel(let settings): write(settings)
    case .template(let template): write(template)
    case .bert(let start, let end):
      component("BertProcessing") { writer in
        writer.write(start: start, end: end)
      }
    case .roberta(let start, let end, let settings):
      component("RobertaProcessing") { writer in
        writer.write(start: start, end: end)
        writer.member("trim_offsets", settings.trimsOffsets)
        writer.member("add_prefix_space", settings.addsPrefixSpace)
      }
    case .sequence: preconditionFailure("no such post-processor is made here")
    }
  }

  private mutating func write(start: PostProcessor.Special, end: PostProcessor.Special) {
    for (name, special) in [("sep", end), ("cls", start)] {
      self.name(name)
      array { writer in
        writer.element()
        writer.string(special.token)
        writer.element()
        writer.number(Int(special.id))
      }
    }
  }

  mutating func write(_ decoder: Decoder?) {
    switch decoder {
    case nil: null()
    case .byteLevel(let settings): write(settings)
    case .metaspace(let metaspace): write(metaspace)
    case .wordPiece(let prefix, let cleansUp):
      component("WordPiece") { writer in
        writer.name("prefix")
        writer.string(prefix)
        writer.member("cleanup", cleansUp)
      }
    case .bytePairs(let suffix):
      component("BPEDecoder") { writer in
        writer.name("suffix")
        writer.string(suffix)
      }
    case .byteFallback, .fuse, .replace, .strip, .ctc, .sequence:
      preconditionFailure("no such decoder is made here")
    }
  }

  private mutating func write(_ settings: ByteLevelSettings) {
    component("ByteLevel") { writer in
      writer.member("add_prefix_space", settings.addsPrefixSpace)
      writer.member("trim_offsets", settings.trimsOffsets)
      writer.member("use_regex", settings.splitsWords)
    }
  }

  private mutating func write(_ metaspace: Metaspace) {
    component("Metaspace") { writer in
      writer.name("replacement")
      writer.string(metaspace.replacement)
      writer.member("prepend_scheme", metaspace.prepending.rawValue)
      writer.member("split", metaspace.splits)
    }
  }

  private mutating func write(_ template: Template) {
    component("TemplateProcessing") { writer in
      writer.name("single")
      writer.write(template.single)
      writer.name("pair")
      writer.write(template.pair)
      writer.name("special_tokens")
      writer.object { writer in
        for special in template.specials { writer.write(special) }
      }
    }
  }

  private mutating func write(_ pieces: [Template.Piece]) {
    array { writer in
      for piece in pieces {
        let (kind, id, typeID): (String, [UInt8], Int) =
          switch piece {
          case .special(let name, let typeID): ("SpecialToken", name, typeID)
          case .sequence(let isSecond, let typeID):
            ("Sequence", Array((isSecond ? "B" : "A").utf8), typeID)
          }
        writer.element()
        writer.object { writer in
          writer.name(kind)
          writer.object { writer in
            writer.name("id")
            writer.string(id)
            writer.member("type_id", typeID)
          }
        }
      }
    }
  }

  private mutating func write(_ special: Template.Special) {
    name(special.name)
    object { writer in
      writer.name("id")
      writer.string(special.name)
      writer.name("ids")
      writer.array { writer in
        for id in special.ids {
          writer.element()
          writer.number(Int(id))
        }
      }
      writer.name("tokens")
      writer.array { writer in
        for token in special.tokens {
          writer.element()
          writer.string(token)
        }
      }
    }
  }

  /// Writes an object that begins with its type.
  mutating func component(
    _ type: String, _ members: (inout JSONWriter) -> Void = { _ in }
  ) {
    object { writer in
      writer.member("type", type)
      members(&writer)
    }
  }
}
