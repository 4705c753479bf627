/// Learns a byte-level BPE tokenizer from text.
///
/// `count` reads the text once and keeps only its different words; `train` then learns the merges.
/// Vocabulary and merges equal those of Hugging Face's `BpeTrainer` with the byte-level alphabet as
/// its initial alphabet, entry for entry, and do not depend on the order of the text or the number of
/// threads. Counts have 64 bits.
public struct BPETrainer: Sendable {
  /// What to learn.
  public struct Options: Hashable, Sendable {
    /// How many tokens to end up with, special tokens and the 256 byte symbols included.
    public var vocabularySize: Int
    /// How often a pair must occur to be merged.
    public var minimumFrequency: Int
    /// What rewrites the text first.
    public var normalizer: Normalizer
    /// Whether text that does not begin with a space gets one.
    public var addsPrefixSpace: Bool
    /// The spelling of the special tokens.
    public var specialTokens: SpecialTokens
    /// The limit of a token's length in bytes, which tokens stay below; nil for none.
    public var maximumTokenLength: Int?

    /// Creates options; the defaults are those of the program.
    public init(
      vocabularySize: Int = 8192, minimumFrequency: Int = 2, normalizer: Normalizer = .default,
      addsPrefixSpace: Bool = true, specialTokens: SpecialTokens = SpecialTokens(),
      maximumTokenLength: Int? = nil
    ) {
      self.vocabularySize = vocabularySize
      self.minimumFrequency = minimumFrequency
      self.normalizer = normalizer
      self.addsPrefixSpace = addsPrefixSpace
      self.specialTokens = specialTokens
      self.maximumTokenLength = maximumTokenLength
    }

    /// The smallest vocabulary: five special tokens and 256 bytes.
    public static let smallestVocabularySize = 261
  }

  /// What is being learned.
  public let options: Options
  /// One a thread, added up for training.
  private var counters: [WordCounter]

  /// Creates a trainer that has counted nothing yet.
  ///
  /// - Throws: `TokenizerError` with code `invalidOptions` where the vocabulary is smaller than
  ///   ``Options/smallestVocabularySize`` or has 2³¹ − 1 entries or more, or where two special tokens
  ///   are equal or one of them is a byte symbol or empty.
  public init(options: Options = Options()) throws(TokenizerError) {
    guard options.vocabularySize >= Options.smallestVocabularySize else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a vocabulary size of at least \(Options.smallestVocabularySize) "
          + "(5 special tokens, 256 bytes), found \(options.vocabularySize)")
    }
    guard options.vocabularySize < Int(Int32.max) else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a vocabulary size below 2^31 - 1, found \(options.vocabularySize)")
    }
    let special = options.specialTokens.inOrder.map { Array($0.utf8) }
    let symbols = Set((0..<256).map { ByteLevelAlphabet.string(of: [UInt8($0)]) })
    for (index, token) in special.enumerated() {
      guard !token.isEmpty, !symbols.contains(token), !special[..<index].contains(token) else {
        throw TokenizerError(
          code: .invalidOptions,
          reason: "expected five different special tokens of two characters or more, found "
            + "\"\(options.specialTokens.inOrder[index])\"")
      }
    }
    self.options = options
    counters = [
      WordCounter(normalizer: options.normalizer, addsPrefixSpace: options.addsPrefixSpace)
    ]
  }

  /// Counts the words of one text.
  public mutating func count(_ text: String) {
    var text = text
    text.withUTF8 { counters[0].count($0) }
  }

  /// Counts the words of one text, `times` times; malformed sequences become U+FFFD first.
  public mutating func count(utf8: UnsafeBufferPointer<UInt8>, times: Int = 1) {
    guard times > 0 else { return }
    counters[0].count(utf8, times: times)
  }

  /// Counts the words of each text, on `threads` threads.
  public mutating func count(batch: [UnsafeBufferPointer<UInt8>], threads: Int = 1) {
    // Parts of about the same number of bytes, each of whole texts.
    let threads = max(1, min(threads, batch.count))
    let share = batch.reduce(0) { $0 + $1.count } / threads + 1
    var parts: [ArraySlice<UnsafeBufferPointer<UInt8>>] = []
    var start = 0
    var size = 0
    for (index, text) in batch.enumerated() {
      size += text.count
      if size >= share || index == batch.count - 1 {
        parts.append(batch[start...index])
        start = index + 1
        size = 0
      }
    }
    inParallel(parts) { counter, part in counter.count(texts: part) }
  }

  /// Counts the words of each line, a text with its terminator U+000A, on `threads` threads.
  ///
  /// Feeding a file in blocks that end with a line gives what Hugging Face's `train(files)` sees.
  public mutating func count(lines: UnsafeBufferPointer<UInt8>, threads: Int = 1) {
    let parts = LineBreaks.parts(of: lines, count: max(threads, 1))
    inParallel(parts) { counter, part in counter.count(lines: part) }
  }

  /// Returns the tokenizer learned from everything counted so far.
  ///
  /// Its vocabulary is smaller than asked for where the text has too few frequent pairs.
  /// `progress` is called after each merge with the number of merges and the number wanted.
  public func train(
    progress: (_ merges: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(TokenizerError) -> Tokenizer {
    var words = counters[0].counts
    for counter in counters.dropFirst() { words.add(counter.counts) }
    let special = options.specialTokens.inOrder.map { Array($0.utf8) }
    let symbols = ByteLevelAlphabet.bytesInOrder.map { ByteLevelAlphabet.string(of: [$0]) }
    var learner = MergeLearner(
      words, tokens: special + symbols, maximumTokenLength: options.maximumTokenLength)
    let merges = learner.learn(
      vocabularySize: options.vocabularySize, minimumFrequency: options.minimumFrequency,
      progress: progress)
    var missing: UInt8 = 0
    guard
      let model = BytePairModel(
        vocabulary: Vocabulary(learner.tokens), merges: merges, missing: &missing)
    else {
      throw TokenizerError(code: .malformed, reason: "expected all bytes, found no \(missing)")
    }
    var pieces = ByteLevelSettings()
    pieces.addsPrefixSpace = options.addsPrefixSpace
    let added = special.enumerated().map { id, content in
      AddedToken(
        id: Int32(id), content: content,
        takesSpaceBefore: content == Array(options.specialTokens.mask.utf8))
    }
    return try Tokenizer(
      normalizer: options.normalizer, preTokenizer: PreTokenizer(steps: [.byteLevel(pieces)]),
      model: .bytePairs(model),
      postProcessor: .template(Template(start: (special[2], 2), end: (special[3], 3))),
      decoder: .byteLevel(ByteLevelSettings()), addedTokens: added,
      specialTokens: options.specialTokens, requiresSpecialTokens: true, name: "")
  }

  private mutating func inParallel<Part>(
    _ parts: [Part], _ body: (inout WordCounter, Part) -> Void
  ) {
    while counters.count < parts.count {
      counters.append(
        WordCounter(normalizer: options.normalizer, addsPrefixSpace: options.addsPrefixSpace))
    }
    counters.withUnsafeMutableBufferPointer { counters in
      WorkerThreads.run(parts.count) { body(&counters[$0], parts[$0]) }
    }
  }
}
