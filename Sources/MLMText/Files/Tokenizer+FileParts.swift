extension Tokenizer {
  /// Writes the post-processor of a tokenizer.json.
  func writePostProcessor(to writer: inout JSONWriter) {
    switch postProcessor {
    case .none, .bert, .roberta, .sequence: writer.null()
    case .byteLevel(let settings):
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
    case .template(let template):
      writer.object { writer in
        writer.name("type")
        writer.string("TemplateProcessing")
        writer.name("single")
        write(template.single, to: &writer)
        writer.name("pair")
        write(template.pair, to: &writer)
        writer.name("special_tokens")
        write(template.specials, to: &writer)
      }
    }
  }

  private func write(_ pieces: [Template.Piece], to writer: inout JSONWriter) {
    writer.array { writer in
      for piece in pieces {
        writer.element()
        writer.object { writer in
          let (kind, id, typeID): (String, [UInt8], Int) =
            switch piece {
            case .special(let name, let typeID): ("SpecialToken", name, typeID)
            case .sequence(let isSecond, let typeID):
              ("Sequence", Array((isSecond ? "B" : "A").utf8), typeID)
            }
          writer.name(kind)
          writer.object { writer in
            writer.name("id")
            writer.string(id)
            writer.name("type_id")
            writer.number(typeID)
          }
        }
      }
    }
  }

  private func write(_ specials: [Template.Special], to writer: inout JSONWriter) {
    writer.object { writer in
      for special in specials {
        writer.name(special.name)
        writer.object { writer in
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
    }
  }

  /// Writes the model of a tokenizer.json: the vocabulary in the order of identifiers, the merges best
  /// first.
  func write(_ model: BytePairModel, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      writer.string("BPE")
      for setting in [
        "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
      ] {
        writer.name(setting)
        writer.null()
      }
      for setting in ["fuse_unk", "byte_fallback", "ignore_merges"] {
        writer.name(setting)
        writer.bool(false)
      }
      writer.name("vocab")
      writer.object { writer in
        // Added tokens beyond the model's own are not part of it.
        for id in 0..<model.vocabulary.count where model.vocabulary.isFindable(id) {
          writer.name(model.vocabulary[id] ?? [])
          writer.number(id)
        }
      }
      writer.name("merges")
      writer.array { writer in
        for merge in model.merges {
          writer.element()
          writer.array { writer in
            writer.element()
            writer.string(model.vocabulary[Int(merge.left)] ?? [])
            writer.element()
            writer.string(model.vocabulary[Int(merge.right)] ?? [])
          }
        }
      }
    }
  }
}
