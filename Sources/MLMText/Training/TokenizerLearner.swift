/// Learns a tokenizer from counted words.
struct TokenizerLearner {
  let options: TrainingOptions

  /// A tokenizer, and how many merges, or rounds of a unigram model, it took.
  struct Learned {
    var tokenizer: Tokenizer
    var steps: Int
  }

  /// Learns from `words`; `progress` is called as `TokenizerTrainer.train` says.
  func learn(
    from words: some CountedWords, threads: Int,
    _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> Learned {
    let special = options.allSpecialTokens.map { Array($0.utf8) }
    let limits = MergeLearner.Limits(
      vocabularySize: options.vocabularySize, minimumFrequency: options.minimumFrequency,
      maximumTokenLength: options.maximumTokenLength)
    if options.model == .bytePairs {
      let spelled = try SpelledWords.bytes(of: words, special: special)
      var learner = try MergeLearner(spelled, prefix: [], limits: limits)
      let merges = try learner.learn(progress: progress)
      return Learned(
        tokenizer: try bytePairTokenizer(learner.tokens, merges), steps: merges.count)
    }
    let initial = Set(options.initialAlphabet.unicodeScalars.map(\.value))
    let alphabet = try Alphabet(of: words, initial: initial, limit: options.alphabetLimit)
    if options.model == .unigram {
      return try unigramTokenizer(words, alphabet, threads: threads, progress)
    }
    let prefix = options.continuingPrefix.map { Array($0.utf8) }
    let spelled = try SpelledWords.characters(
      of: words, special: special, alphabet: alphabet,
      affixes: .init(prefix: prefix, suffix: options.wordSuffix.map { Array($0.utf8) }))
    var learner = try MergeLearner(spelled, prefix: prefix ?? [], limits: limits)
    let merges = try learner.learn(progress: progress)
    let tokens = learner.tokens
    let tokenizer = try tokenizer { writer in
      let unknown = options.specialTokens.unknown
      if options.model == .wordPiece {
        writer.writeWordPieces(
          tokens, unknown: unknown, prefix: options.continuingPrefix ?? "")
      } else {
        writer.writePairs(
          tokens, merges, unknown: unknown, continuingPrefix: options.continuingPrefix,
          wordSuffix: options.wordSuffix)
      }
    }
    return Learned(tokenizer: tokenizer, steps: merges.count)
  }

  private func bytePairTokenizer(
    _ tokens: [[UInt8]], _ merges: [BytePairModel.Merge]
  ) throws -> Tokenizer {
    var missing: UInt8 = 0
    guard
      let model = BytePairModel(
        vocabulary: Vocabulary(tokens), merges: merges, missing: &missing)
    else {
      throw TokenizerError(code: .malformed, reason: "expected all bytes, found no \(missing)")
    }
    let document = document
    return try Tokenizer(
      normalizer: document.normalizer, preTokenizer: document.preTokenizer,
      model: .bytePairs(model), postProcessor: document.postProcessor, decoder: document.decoder,
      addedTokens: document.addedTokens, specialTokens: options.specialTokens,
      requiresSpecialTokens: true, name: "")
  }

  private func unigramTokenizer(
    _ words: some CountedWords, _ alphabet: Alphabet, threads: Int,
    _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> Learned {
    let special = options.allSpecialTokens
    let size = options.vocabularySize - special.count
    // Where not all characters fit, the most frequent ones do.
    var alphabet = alphabet
    if alphabet.scalars.count > size {
      alphabet = try Alphabet(
        of: words, initial: Set(options.initialAlphabet.unicodeScalars.map(\.value)), limit: size)
    }
    // Sums of fractions depend on the order of the words.
    var learner = try UnigramLearner(
      words.sorted, alphabet: alphabet, size: size, settings: options.unigram, threads: threads)
    var rounds = 0
    let pieces = try learner.learn { done, total in
      rounds = done
      try progress(done, total)
    }
    let certain = special.map { (bytes: Array($0.utf8), score: 0.0) }
    let tokenizer = try tokenizer { writer in writer.writeUnigram(certain + pieces) }
    return Learned(tokenizer: tokenizer, steps: rounds)
  }

  /// Makes a tokenizer of the options and the model that `model` writes.
  private func tokenizer(model: (inout JSONWriter) -> Void) throws -> Tokenizer {
    try Tokenizer(
      json: document.json(model: model), name: "the trained tokenizer",
      specialTokens: options.specialTokens)
  }

  /// What the options ask for, beside the model.
  private var document: TokenizerDocument {
    let special = options.allSpecialTokens.map { Array($0.utf8) }
    let added = special.enumerated().map { id, content in
      // White space before a mask belongs to it: the word that it hides began with it.
      AddedToken(
        id: Int32(id), content: content,
        takesSpaceBefore: content == Array(options.specialTokens.mask.utf8))
    }
    var decoder: Decoder?
    if let prefix = options.continuingPrefix {
      decoder = .wordPiece(prefix: Array(prefix.utf8), cleansUp: true)
    } else if let suffix = options.wordSuffix {
      decoder = .bytePairs(suffix: Array(suffix.utf8))
    } else if options.preTokenizer == .metaspace {
      decoder = .metaspace(options.metaspace)
    } else if options.model == .bytePairs {
      decoder = .byteLevel(ByteLevelSettings())
    }
    return TokenizerDocument(
      addedTokens: added, normalizer: options.normalizer, preTokenizer: options.cutting,
      postProcessor: .template(Template(start: (special[2], 2), end: (special[3], 3))),
      decoder: decoder)
  }
}
