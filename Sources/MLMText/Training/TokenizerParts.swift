/// Writes the parts of a tokenizer.json that training makes, beside the byte-level ones.
enum TokenizerParts {
  /// Writes a normalizer made of the steps that training offers.
  static func write(_ normalizer: Normalizer, to writer: inout JSONWriter) {
    let steps = normalizer.steps
    guard steps.count != 1 else { return write(steps[0].kind, to: &writer) }
    guard !steps.isEmpty else { return writer.null() }
    writer.object { writer in
      writer.name("type")
      writer.string("Sequence")
      writer.name("normalizers")
      writer.array { writer in
        for step in steps {
          writer.element()
          write(step.kind, to: &writer)
        }
      }
    }
  }

  private static func write(_ step: NormalizerStep, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      switch step {
      case .form(let form): writer.string(form.rawValue.uppercased())
      case .lowercase: writer.string("Lowercase")
      case .stripAccents: writer.string("StripAccents")
      case .bert(let bert):
        writer.string("BertNormalizer")
        writer.name("clean_text")
        writer.bool(bert.cleansText)
        writer.name("handle_chinese_chars")
        writer.bool(bert.spacesIdeographs)
        writer.name("strip_accents")
        if let strips = bert.stripsAccents { writer.bool(strips) } else { writer.null() }
        writer.name("lowercase")
        writer.bool(bert.lowercases)
      case .strip, .nmt, .precompiled, .replace, .prepend, .byteLevel:
        preconditionFailure("training makes no such normalizer")
      }
    }
  }

  /// Writes a pre-tokenizer of one step.
  static func write(_ preTokenizer: PreTokenizer, to writer: inout JSONWriter) {
    guard let step = preTokenizer.steps.first else { return writer.null() }
    switch step {
    case .byteLevel(let settings): write(settings, to: &writer)
    case .metaspace(let metaspace): write(metaspace, to: &writer)
    case .bert: writeType("BertPreTokenizer", to: &writer)
    case .whitespace: writeType("Whitespace", to: &writer)
    case .whitespaceSplit: writeType("WhitespaceSplit", to: &writer)
    case .delimiter, .digits, .fixedLength, .punctuation, .split, .unicodeScripts:
      preconditionFailure("training makes no such pre-tokenizer")
    }
  }

  private static func write(_ settings: ByteLevelSettings, to writer: inout JSONWriter) {
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

  private static func write(_ metaspace: Metaspace, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      writer.string("Metaspace")
      writer.name("replacement")
      writer.string(metaspace.replacement)
      writer.name("prepend_scheme")
      writer.string(metaspace.prepending.rawValue)
      writer.name("split")
      writer.bool(metaspace.splits)
    }
  }

  private static func writeType(_ type: String, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      writer.string(type)
    }
  }

  /// Writes what undoes the pre-tokenizer and the affixes.
  static func writeDecoder(_ options: TrainingOptions, to writer: inout JSONWriter) {
    if let prefix = options.continuingPrefix {
      writer.object { writer in
        writer.name("type")
        writer.string("WordPiece")
        writer.name("prefix")
        writer.string(prefix)
        writer.name("cleanup")
        writer.bool(true)
      }
    } else if let suffix = options.wordSuffix {
      writer.object { writer in
        writer.name("type")
        writer.string("BPEDecoder")
        writer.name("suffix")
        writer.string(suffix)
      }
    } else if options.preTokenizer == .metaspace {
      write(options.metaspace, to: &writer)
    } else {
      writer.null()
    }
  }

  /// Writes `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
  static func writeTemplate(_ special: SpecialTokens, to writer: inout JSONWriter) {
    func piece(_ kind: String, _ id: String, _ writer: inout JSONWriter) {
      writer.element()
      writer.object { writer in
        writer.name(kind)
        writer.object { writer in
          writer.name("id")
          writer.string(id)
          writer.name("type_id")
          writer.number(0)
        }
      }
    }
    writer.object { writer in
      writer.name("type")
      writer.string("TemplateProcessing")
      for (name, isPair) in [("single", false), ("pair", true)] {
        writer.name(name)
        writer.array { writer in
          piece("SpecialToken", special.start, &writer)
          piece("Sequence", "A", &writer)
          piece("SpecialToken", special.end, &writer)
          guard isPair else { return }
          piece("Sequence", "B", &writer)
          piece("SpecialToken", special.end, &writer)
        }
      }
      writer.name("special_tokens")
      let tokens = [(special.start, 2), (special.end, 3)]
      writer.object { writer in
        for (token, id) in tokens.sorted(by: { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }) {
          writer.name(token)
          writer.object { writer in
            writer.name("id")
            writer.string(token)
            writer.name("ids")
            writer.array { writer in
              writer.element()
              writer.number(id)
            }
            writer.name("tokens")
            writer.array { writer in
              writer.element()
              writer.string(token)
            }
          }
        }
      }
    }
  }
}
