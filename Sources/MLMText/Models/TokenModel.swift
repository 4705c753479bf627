/// The model of a tokenizer: what makes tokens of words.
package enum TokenModel: Sendable {
  /// Byte pairs over the bytes of a byte-level alphabet that is all there; the pre-tokenizer's last
  /// step, spelling bytes as characters, is left out.
  case bytePairs(BytePairModel)
  case characterPairs(CharacterPairModel)
  case wordPiece(WordPieceModel)
  case unigram(UnigramModel)
  case wordLevel(WordLevelModel)

  /// The tokens of the model, and the added ones.
  var vocabulary: Vocabulary {
    switch self {
    case .bytePairs(let model): model.vocabulary
    case .characterPairs(let model): model.vocabulary
    case .wordPiece(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    }
  }

  /// What a tokenizer.json calls it.
  var typeName: String {
    switch self {
    case .bytePairs, .characterPairs: "BPE"
    case .wordPiece: "WordPiece"
    case .unigram: "Unigram"
    case .wordLevel: "WordLevel"
    }
  }

  /// The byte-level model, if it is one.
  var bytePairs: BytePairModel? {
    if case .bytePairs(let model) = self { model } else { nil }
  }

  /// Whether a word has the same tokens every time.
  var isRepeatable: Bool {
    if case .characterPairs(let model) = self { (model.settings.dropout ?? 0) == 0 } else { true }
  }

  /// What runs it; one a thread at a time.
  func makeTokenizer() -> any WordTokenizer {
    switch self {
    case .bytePairs(let model): BytePairTokenizer(model)
    case .characterPairs(let model): CharacterPairTokenizer(model)
    case .wordPiece(let model): model
    case .unigram(let model): UnigramTokenizer(model)
    case .wordLevel(let model): model
    }
  }
}
