extension TokenizerTrainer {
  /// Makes a tokenizer of options and what `model` writes: the model of a tokenizer.json.
  func tokenizer(model: (inout JSONWriter) -> Void) throws -> Tokenizer {
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
        for (id, token) in options.allSpecialTokens.enumerated() {
          writer.element()
          write(special: token, id: id, to: &writer)
        }
      }
      writer.name("normalizer")
      TokenizerParts.write(options.normalizer, to: &writer)
      writer.name("pre_tokenizer")
      TokenizerParts.write(options.cutting, to: &writer)
      writer.name("post_processor")
      TokenizerParts.writeTemplate(options.specialTokens, to: &writer)
      writer.name("decoder")
      TokenizerParts.writeDecoder(options, to: &writer)
      writer.name("model")
      model(&writer)
    }
    return try Tokenizer(
      json: writer.bytes, name: "the trained tokenizer", specialTokens: options.specialTokens)
  }

  private func write(special token: String, id: Int, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("id")
      writer.number(id)
      writer.name("content")
      writer.string(token)
      writer.name("single_word")
      writer.bool(false)
      writer.name("lstrip")
      // White space before a mask belongs to it: the word that it hides began with it.
      writer.bool(token == options.specialTokens.mask)
      writer.name("rstrip")
      writer.bool(false)
      writer.name("normalized")
      writer.bool(false)
      writer.name("special")
      writer.bool(true)
    }
  }

  func write(wordPieces tokens: [[UInt8]], to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      writer.string("WordPiece")
      writer.name("unk_token")
      writer.string(options.specialTokens.unknown)
      writer.name("continuing_subword_prefix")
      writer.string(options.continuingPrefix ?? "")
      writer.name("max_input_chars_per_word")
      writer.number(100)
      write(vocabulary: tokens, to: &writer)
    }
  }

  func write(
    pairs tokens: [[UInt8]], _ merges: [BytePairModel.Merge], to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.name("type")
      writer.string("BPE")
      writer.name("dropout")
      writer.null()
      writer.name("unk_token")
      writer.string(options.specialTokens.unknown)
      for (name, affix) in [
        ("continuing_subword_prefix", options.continuingPrefix),
        ("end_of_word_suffix", options.wordSuffix),
      ] {
        writer.name(name)
        if let affix { writer.string(affix) } else { writer.null() }
      }
      for setting in ["fuse_unk", "byte_fallback", "ignore_merges"] {
        writer.name(setting)
        writer.bool(false)
      }
      write(vocabulary: tokens, to: &writer)
      writer.name("merges")
      writer.array { writer in
        for merge in merges {
          writer.element()
          writer.array { writer in
            writer.element()
            writer.string(tokens[Int(merge.left)])
            writer.element()
            writer.string(tokens[Int(merge.right)])
          }
        }
      }
    }
  }

  private func write(vocabulary tokens: [[UInt8]], to writer: inout JSONWriter) {
    writer.name("vocab")
    writer.object { writer in
      for (id, token) in tokens.enumerated() {
        writer.name(token)
        writer.number(id)
      }
    }
  }

  func write(pieces: [UnigramLearner.Piece], to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("type")
      writer.string("Unigram")
      writer.name("unk_id")
      writer.number(1)
      writer.name("vocab")
      writer.array { writer in
        let special = options.allSpecialTokens.map { (bytes: Array($0.utf8), score: 0.0) }
        for piece in special + pieces {
          writer.element()
          writer.array { writer in
            writer.element()
            writer.string(piece.bytes)
            writer.element()
            writer.number(piece.score)
          }
        }
      }
      writer.name("byte_fallback")
      writer.bool(false)
    }
  }
}
