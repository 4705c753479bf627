/// The models of a tokenizer.json that are made here, by training or of vocabulary files.
///
/// `isInModel` says which of the tokens are the model's own: identifiers may have gaps, and added
/// tokens beyond the model's own are not part of it.
extension JSONWriter {
  /// Writes byte pairs: the vocabulary in the order of identifiers, the merges best first.
  ///
  /// `unknown` is nil for pairs of bytes, which spell everything.
  mutating func writePairs(
    _ tokens: [[UInt8]], _ merges: [BytePairModel.Merge],
    unknown: String? = nil, continuingPrefix: String? = nil, wordSuffix: String? = nil,
    isInModel: (Int) -> Bool = { _ in true }
  ) {
    component("BPE") { writer in
      writer.name("dropout")
      writer.null()
      for (name, value) in [
        ("unk_token", unknown), ("continuing_subword_prefix", continuingPrefix),
        ("end_of_word_suffix", wordSuffix),
      ] {
        writer.name(name)
        if let value { writer.string(value) } else { writer.null() }
      }
      for setting in ["fuse_unk", "byte_fallback", "ignore_merges"] {
        writer.member(setting, false)
      }
      writer.vocabulary(tokens, isInModel: isInModel)
      writer.name("merges")
      writer.array { writer in
        for merge in merges {
          writer.element()
          writer.array { writer in
            for side in [merge.left, merge.right] {
              writer.element()
              writer.string(tokens[Int(side)])
            }
          }
        }
      }
    }
  }

  /// Writes word pieces, those that go on in a word beginning with `prefix`.
  mutating func writeWordPieces(
    _ tokens: [[UInt8]], unknown: String, prefix: String,
    isInModel: (Int) -> Bool = { _ in true }
  ) {
    component("WordPiece") { writer in
      writer.member("unk_token", unknown)
      writer.member("continuing_subword_prefix", prefix)
      writer.member("max_input_chars_per_word", 100)
      writer.vocabulary(tokens, isInModel: isInModel)
    }
  }

  /// Writes tokens with the logarithms of their probabilities; that of identifier 1 is unknown.
  mutating func writeUnigram(_ pieces: [UnigramLearner.Piece]) {
    component("Unigram") { writer in
      writer.member("unk_id", 1)
      writer.name("vocab")
      writer.array { writer in
        for piece in pieces {
          writer.element()
          writer.array { writer in
            writer.element()
            writer.string(piece.bytes)
            writer.element()
            writer.number(piece.score)
          }
        }
      }
      writer.member("byte_fallback", false)
    }
  }

  private mutating func vocabulary(
    _ tokens: [[UInt8]], isInModel: (Int) -> Bool
  ) {
    name("vocab")
    object { writer in
      for (id, token) in tokens.enumerated() where isInModel(id) {
        writer.name(token)
        writer.number(id)
      }
    }
  }
}
