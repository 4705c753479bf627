import Synchronization

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
  /// The words of a sample.
  let withheld: WordCounter
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
    counters = [Self.counter(options)]
    withheld = Self.counter(options)
  }

  static func counter(_ options: TrainingOptions) -> WordCounter {
    WordCounter(WordSplitter(normalizer: options.normalizer, preTokenizer: options.cutting))
  }

  /// Returns the tokenizer learned from everything counted so far.
  ///
  /// Its vocabulary is smaller than asked for where the text has too few frequent pairs. `progress` is
  /// called after each merge with the number of merges and the number wanted, for unigram after each
  /// round; what it throws ends the training.
  public func train(
    threads: Int = 1, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Tokenizer {
    try learn(withholdingSample: false, threads: threads, progress).tokenizer
  }

  /// Returns the tokenizer learned from everything counted so far, and that learned without the texts
  /// given to `withhold`, which can be measured on them; nil if what is left is too little to learn from.
  ///
  /// Large vocabularies are learned one after the other, as two would take twice the memory.
  public func trainWithSampleWithheld(
    threads: Int = 1, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> (tokenizer: Tokenizer, withoutSample: Tokenizer?) {
    try learn(withholdingSample: withheld.hasWords, threads: threads, progress)
  }

  private func learn(
    withholdingSample: Bool, threads: Int, _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> (tokenizer: Tokenizer, withoutSample: Tokenizer?) {
    if let table = try wordsInMemory() {
      return try learn(
        from: table, withholdingSample: withholdingSample,
        sideBySide: threads > 1 && table.memory < Self.smallTable && options.model != .unigram,
        threads: threads, progress)
    }
    let merged = MergedCounts(paths: try filesToMerge())
    summary = try merged.read { _, _ in }
    return try learn(
      from: merged, withholdingSample: withholdingSample, sideBySide: false, threads: threads,
      progress)
  }

  /// Bytes of words from which on learning takes much memory.
  private static let smallTable = 32 << 20

  private func learn(
    from words: some CountedWords, withholdingSample: Bool, sideBySide: Bool, threads: Int,
    _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> (tokenizer: Tokenizer, withoutSample: Tokenizer?) {
    let learner = TokenizerLearner(options: options)
    guard withholdingSample else {
      let learned = try learner.learn(from: words, threads: threads, progress)
      stepCount = learned.steps
      return (learned.tokenizer, nil)
    }
    withheld.settle()
    let others = WordsWithout(words: words, withheld: withheld.words)
    let isOver = Atomic<Bool>(false)
    let (all, rest) = WorkerThreads.both(sideBySide: sideBySide) {
      Result {
        do {
          return try learner.learn(from: words, threads: threads, progress)
        } catch {
          isOver.store(true, ordering: .relaxed)
          throw error
        }
      }
    } _: {
      Result { () throws -> TokenizerLearner.Learned? in
        do {
          guard try !others.isEmpty else { return nil }
          return try learner.learn(from: others, threads: threads) { done, total in
            if isOver.load(ordering: .relaxed) { throw CancellationError() }
            if !sideBySide { try progress(done, total) }
          }
        } catch is TokenizerError {
          return nil
        }
      }
    }
    let learned = try all.get()
    stepCount = learned.steps
    return (learned.tokenizer, try rest.get()?.tokenizer)
  }
}
