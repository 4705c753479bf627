/// Learns a tokenizer from text.
///
/// `count` reads the text once and keeps only its different words; `train` then learns the vocabulary.
/// Byte pairs and word pieces equal those of Hugging Face's trainers, entry for entry, and no result
/// depends on the order of the text, the number of threads or the memory allowed. Counts have 64
/// bits.
///
/// Where the reference leaves the order to chance, it is total here: of characters that are equally
/// frequent at an alphabet's limit, those with the smaller code point stay; spellings with a prefix or
/// a suffix follow the alphabet in the order of their bytes.
///
/// A value is used by one thread at a time, and itself runs others.
public final class TokenizerTrainer {
  /// What is being learned.
  public let options: TrainingOptions
  /// One a thread, added up for training.
  var counters: [WordCounter]
  /// Where words go that do not fit in memory.
  var spill: SpillFolder?
  var memoryLimit = Int.max
  var countFiles: [String] = []
  /// What was counted, valid after `train` or `writeCounts`.
  public internal(set) var summary = CountSummary()
  /// How many merges the last `train` learned; for unigram, how many rounds it took.
  public private(set) var stepCount = 0

  /// Creates a trainer that has counted nothing yet.
  ///
  /// - Throws: `TokenizerError` with code `invalidOptions` where options contradict each other or
  ///   cannot be met: a vocabulary too small for special tokens and alphabet, special tokens that
  ///   are equal or byte symbols, or a setting that the kind of model does not have.
  public init(options: TrainingOptions = TrainingOptions()) throws(TokenizerError) {
    try options.validate()
    self.options = options
    counters = [
      WordCounter(WordSplitter(normalizer: options.normalizer, preTokenizer: options.cutting))
    ]
  }

  /// Returns the tokenizer learned from everything counted so far.
  ///
  /// Its vocabulary is smaller than asked for where the text has too few frequent pairs. `progress` is
  /// called after each merge with the number of merges and the number wanted, for unigram after each
  /// round; what it throws ends the training.
  public func train(
    threads: Int = 1, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Tokenizer {
    if let table = try wordsInMemory() {
      return try train(on: table, threads: threads, progress)
    }
    let merged = MergedCounts(paths: try filesToMerge())
    summary = try merged.read { _, _ in }
    return try train(on: merged, threads: threads, progress)
  }

  private func train(
    on words: some CountedWords, threads: Int,
    _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> Tokenizer {
    let special = options.allSpecialTokens.map { Array($0.utf8) }
    let limits = MergeLearner.Limits(
      vocabularySize: options.vocabularySize, minimumFrequency: options.minimumFrequency,
      maximumTokenLength: options.maximumTokenLength)
    if options.model == .bytePairs {
      let spelled = try SpelledWords.bytes(of: words, special: special)
      var learner = try MergeLearner(spelled, prefix: [], limits: limits)
      let merges = try learner.learn(progress: progress)
      stepCount = merges.count
      return try bytePairTokenizer(learner.tokens, merges)
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
    stepCount = merges.count
    let tokens = learner.tokens
    return try tokenizer { writer in
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
  ) throws -> Tokenizer {
    let special = options.allSpecialTokens
    let size = options.vocabularySize - special.count
    // Where not all characters fit, the most frequent ones do.
    var alphabet = alphabet
    if alphabet.scalars.count > size {
      alphabet = try Alphabet(
        of: words, initial: Set(options.initialAlphabet.unicodeScalars.map(\.value)), limit: size)
    }
    // Sums of fractions depend on the order of the words.
    let source: any CountedWords =
      (words as? WordTable).map(SortedWords.init) ?? words
    var learner = try UnigramLearner(
      source, alphabet: alphabet, size: size, settings: options.unigram, threads: threads)
    stepCount = 0
    let pieces = try learner.learn { done, total in
      stepCount = done
      try progress(done, total)
    }
    let certain = special.map { (bytes: Array($0.utf8), score: 0.0) }
    return try tokenizer { writer in writer.writeUnigram(certain + pieces) }
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

/// The words of a table in the order of their bytes.
private struct SortedWords: CountedWords {
  let table: WordTable

  func forEach(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) throws {
    try table.forEachSorted(body)
  }
}
