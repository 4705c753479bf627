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
  private var counters: [WordCounter]
  private var spill: SpillFolder?
  private var memoryLimit = Int.max
  private var countFiles: [String] = []
  /// What was counted, valid after `train` or `writeCounts`.
  public private(set) var summary = CountSummary()
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

  /// Options with the normalizer and the pre-tokenizer that the counts file at `path` was made with.
  public static func options(
    _ options: TrainingOptions, forCountsAt path: String
  ) throws -> TrainingOptions {
    var options = options
    try CountsSettings.adopt(from: path, into: &options)
    return options
  }

  // MARK: Counting

  /// Counts the words of one text.
  public func count(_ text: String) {
    var text = text
    text.withUTF8 { counters[0].count($0) }
  }

  /// Counts the words of one text, `times` times; malformed sequences become U+FFFD first.
  public func count(utf8: UnsafeBufferPointer<UInt8>, times: Int = 1) {
    guard times > 0 else { return }
    counters[0].count(utf8, times: times)
  }

  /// Counts the words of each text, on `threads` threads.
  public func count(batch: [UnsafeBufferPointer<UInt8>], threads: Int = 1) {
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
    inParallel(parts) { counter, part in for text in part { counter.count(text) } }
  }

  /// Counts the words of each line, a text with its terminator U+000A, on `threads` threads.
  ///
  /// Feeding a file in blocks that end with a line gives what Hugging Face's `train(files)` sees.
  /// Returns the number of malformed sequences, each replaced by U+FFFD.
  @discardableResult
  public func count(lines: UnsafeBufferPointer<UInt8>, threads: Int = 1) -> Int {
    let parts = LineBreaks.parts(of: lines, count: max(threads, 1))
    let malformed = Atomic<Int>(0)
    inParallel(parts) { counter, part in
      let isValid = UTF8Repair.isValid(part)
      if !isValid {
        malformed.add(UTF8Repair.repaired(part).replacements, ordering: .relaxed)
      }
      counter.count(lines: part, isValid: isValid)
    }
    return malformed.load(ordering: .relaxed)
  }

  private func inParallel<Part>(_ parts: [Part], _ body: (WordCounter, Part) -> Void) {
    while counters.count < parts.count {
      counters.append(
        WordCounter(WordSplitter(normalizer: options.normalizer, preTokenizer: options.cutting)))
    }
    let counters = counters
    WorkerThreads.run(parts.count) { body(counters[$0], parts[$0]) }
  }

  // MARK: Memory

  /// Caps the memory of the tables of words at about `bytes`: what does not fit is sorted into files
  /// in `folder`, which `makeRoom()` makes and which goes with the trainer.
  public func limitMemory(to bytes: Int, spillingTo folder: String) {
    memoryLimit = max(bytes, 1)
    spill = SpillFolder(path: folder)
  }

  /// Writes the words counted so far to disk if they take more memory than allowed; to be called
  /// between blocks of text.
  ///
  /// - Throws: `FileError`.
  public func makeRoom() throws {
    // Sorting takes half as much again.
    guard spill != nil, counters.reduce(0, { $0 + $1.memory }) > memoryLimit / 3 * 2 else { return }
    try spillAll()
  }

  /// Removes what lies on disk; the trainer is of no use afterwards.
  public func removeTemporaryFiles() { spill?.remove() }

  private func spillAll() throws {
    guard let spill else { return }
    let settings = CountsSettings.json(options)
    for counter in counters {
      counter.settle()
      guard counter.words.wordCount > 0 else { continue }
      try write(counter.words, counter.summary, settings, to: spill.newRun())
    }
    counters = [
      WordCounter(WordSplitter(normalizer: options.normalizer, preTokenizer: options.cutting))
    ]
    // Fewer files than a process may have open at once.
    while spill.runs.count > MergedCounts.largestGroup {
      let group = Array(spill.runs.prefix(MergedCounts.largestGroup))
      try merge(group, settings, to: spill.newRun())
      for run in group { spill.remove(run) }
    }
  }

  private func write(
    _ words: WordTable, _ summary: CountSummary, _ settings: [UInt8], to path: String
  ) throws {
    var writer = try CountsWriter(path: path, settings: settings)
    try words.forEachSorted { word, count in try writer.add(word, count: count) }
    var summary = summary
    summary.distinctWords = words.wordCount
    try writer.finish(summary)
  }

  private func merge(_ paths: [String], _ settings: [UInt8], to path: String) throws {
    var writer = try CountsWriter(path: path, settings: settings)
    let summary = try MergedCounts(paths: paths).read { word, count in
      try writer.add(word, count: count)
    }
    try writer.finish(summary)
  }

  // MARK: Counts files

  /// Adds the counts file at `path`.
  ///
  /// - Throws: `FileError` if it cannot be read; `TokenizerError` if it is damaged, or if its words were
  ///   counted with another normalizer or pre-tokenizer.
  public func addCounts(from path: String) throws {
    let settings = try CountsReader(path: path).settings
    let expected = CountsSettings.json(options)
    guard settings == expected else {
      func oneLine(_ json: [UInt8]) -> String {
        String(decoding: json, as: UTF8.self).split(whereSeparator: \.isWhitespace)
          .joined(separator: " ")
      }
      throw TokenizerError(
        code: .malformed, file: path,
        reason: "expected words counted with \(oneLine(expected)), found \(oneLine(settings))")
    }
    countFiles.append(path)
  }

  /// Writes everything counted so far to a counts file at `path`, sorted.
  public func writeCounts(to path: String) throws {
    let settings = CountsSettings.json(options)
    if let table = try wordsInMemory() {
      try write(table, summary, settings, to: path)
    } else {
      let files = try filesToMerge()
      var writer = try CountsWriter(path: path, settings: settings)
      summary = try MergedCounts(paths: files).read { word, count in
        try writer.add(word, count: count)
      }
      try writer.finish(summary)
    }
  }

  /// All words, if none of them is in a file.
  private func wordsInMemory() throws -> WordTable? {
    guard countFiles.isEmpty, spill.map({ $0.runs.isEmpty }) ?? true else { return nil }
    WorkerThreads.run(counters.count) { [counters] in counters[$0].settle() }
    for counter in counters.dropFirst() {
      counters[0].add(counter)
    }
    counters.removeSubrange(1...)
    summary = counters[0].summary
    summary.distinctWords = counters[0].words.wordCount
    return counters[0].words
  }

  /// All words as files that can be read at the same time.
  private func filesToMerge() throws -> [String] {
    if spill == nil, counters.contains(where: \.hasWords) {
      throw TokenizerError(
        code: .invalidOptions, reason: "expected a folder for counted text beside counts files")
    }
    try spillAll()
    let files = (spill?.runs ?? []) + countFiles
    guard files.count > MergedCounts.largestGroup else { return files }
    guard let spill else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a folder for merging more than \(MergedCounts.largestGroup) files")
    }
    let settings = CountsSettings.json(options)
    var rest = files[...]
    var merged: [String] = []
    while !rest.isEmpty {
      let group = Array(rest.prefix(MergedCounts.largestGroup))
      rest = rest.dropFirst(group.count)
      let run = try spill.newRun()
      try merge(group, settings, to: run)
      merged.append(run)
    }
    countFiles = []
    for run in spill.runs where !merged.contains(run) { spill.remove(run) }
    return try filesToMerge()
  }

  // MARK: Training

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
    return try tokenizer { writer in
      if options.model == .wordPiece {
        write(wordPieces: learner.tokens, to: &writer)
      } else {
        write(pairs: learner.tokens, merges, to: &writer)
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
    let special = options.allSpecialTokens.map { Array($0.utf8) }
    let added = special.enumerated().map { id, content in
      AddedToken(
        id: Int32(id), content: content,
        takesSpaceBefore: content == Array(options.specialTokens.mask.utf8))
    }
    return try Tokenizer(
      normalizer: options.normalizer, preTokenizer: options.cutting, model: .bytePairs(model),
      postProcessor: .template(Template(start: (special[2], 2), end: (special[3], 3))),
      decoder: .byteLevel(ByteLevelSettings()), addedTokens: added,
      specialTokens: options.specialTokens, requiresSpecialTokens: true, name: "")
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
    return try tokenizer { writer in write(pieces: pieces, to: &writer) }
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

extension CountSummary {
  /// Adds what was counted elsewhere, but for different words.
  mutating func add(_ other: CountSummary) {
    textBytes &+= other.textBytes
    words &+= other.words
    implausibleWords &+= other.implausibleWords
    longestWord = max(longestWord, other.longestWord)
  }
}
