import HeapModule

/// Learns merges from spelled words, the way Hugging Face's `BpeTrainer` does, entry for entry.
///
/// The most frequent pair is merged first; of equally frequent ones the pair with the smaller first,
/// then the smaller second token. Three habits of the reference are kept because they show in the
/// vocabulary: a merged pair keeps its count, so it can be merged a second time when it arises anew;
/// words are remembered per round in which a pair arose; and a merge whose string exists already
/// gets the existing token.
struct MergeLearner: ~Copyable {
  /// What to learn.
  struct Limits {
    /// How many tokens to end up with.
    var vocabularySize: Int
    /// How often a pair must occur to be merged.
    var minimumFrequency: Int
    /// The limit of a token's length in characters, which tokens stay below; nil for none.
    var maximumTokenLength: Int?
  }

  /// A pair to merge, in the words where it arose in one round.
  private struct Candidate: Comparable {
    var count: Int
    var pair: UInt64
    var round: UInt32
    /// The words and how many there are; lists of ``ownListSize`` on are the candidate's own, smaller
    /// ones are parts of a round's memory.
    var wordCount: UInt32
    var words: UnsafeMutablePointer<UInt32>

    static func < (a: Candidate, b: Candidate) -> Bool {
      // The greatest candidate is merged first; an older round wins where the pair is the same.
      (a.count, b.pair, b.round) < (b.count, a.pair, a.round)
    }
  }

  /// A pair that arose in this round.
  private struct NewPair {
    var pair: UInt64
    /// How many words it arose in, and the last of them.
    var size: Int
    var lastWord: UInt32
  }

  private let spelled: SpelledWords
  private let words: UnsafeMutablePointer<SpelledWords.Word>
  private let symbols: UnsafeMutablePointer<UInt32>
  private let limits: Limits
  private let prefix: [UInt8]
  private var pairs = PairCounts()
  private var queue = Heap<Candidate>()
  private var round: UInt32 = 0
  /// The rounds' memory for small lists of words.
  private var smallLists: [UnsafeMutablePointer<UInt32>] = []
  private var newPairs: [NewPair] = []
  private var events: [(list: Int32, word: UInt32)] = []
  private var ends: [UnsafeMutablePointer<UInt32>] = []
  /// What was read ahead of its use: a number that means nothing.
  private var touched: UInt32 = 0

  private static let wordsTouched = 16
  private static let ownListSize = 256

  /// The vocabulary string of each token.
  private(set) var tokens: [[UInt8]]
  /// The characters of text that each token stands for.
  private var tokenLengths: [Int]
  private var ids: [[UInt8]: UInt32] = [:]

  /// Prepares to learn; `prefix` is what a token that goes on in a word begins with, and what its
  /// merge leaves out.
  init(_ spelled: consuming SpelledWords, prefix: [UInt8], limits: Limits) throws(TokenizerError) {
    guard spelled.count < Int(UInt32.max) else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected fewer than 2^32 different words, found \(spelled.count)")
    }
    tokens = spelled.tokens
    // A symbol stands for one character, whatever its affixes.
    tokenLengths = [Int](repeating: 1, count: tokens.count)
    for (id, token) in tokens.enumerated() where ids[token] == nil { ids[token] = UInt32(id) }
    words = spelled.words.baseAddress!
    symbols = spelled.symbols.baseAddress!
    self.limits = limits
    self.prefix = prefix
    self.spelled = spelled
  }

  deinit {
    for candidate in queue.unordered { free(candidate) }
    for list in smallLists { list.deallocate() }
  }

  /// Merges until there are as many tokens as asked for or no pair is frequent enough.
  ///
  /// Returns the merges, best first, each pair once. `progress` gets the merges made and wanted.
  mutating func learn(
    progress: (_ merges: Int, _ total: Int) throws -> Void
  ) throws -> [BytePairModel.Merge] {
    try countPairs()
    var merges: [BytePairModel.Merge] = []
    let total = max(limits.vocabularySize - tokens.count, 0)
    while tokens.count < limits.vocabularySize, var best = queue.popMax() {
      let count = pairs.count(best.pair)
      if best.count != count {
        // The count has changed since the candidate was queued.
        best.count = count
        if count > 0 { queue.insert(best) } else { free(best) }
        continue
      }
      if count < max(limits.minimumFrequency, 1) {
        free(best)
        break
      }
      let left = UInt32(truncatingIfNeeded: best.pair >> 32)
      let right = UInt32(truncatingIfNeeded: best.pair)
      let result = token(left, right)
      merges.append((Int32(left), Int32(right), Int32(result)))
      let words = UnsafeMutableBufferPointer(start: best.words, count: Int(best.wordCount))
      var start = 0
      while start < words.count {
        let end = min(start + Self.wordsTouched, words.count)
        touch(words, start..<end)
        for place in start..<end { merge(left, right, into: result, word: words[place]) }
        start = end
      }
      free(best)
      endRound()
      try progress(merges.count, total)
    }
    return Self.lastOfEach(merges)
  }

  /// Gives the memory of a candidate's own list back.
  private func free(_ candidate: Candidate) {
    if candidate.wordCount >= Self.ownListSize { candidate.words.deallocate() }
  }

  /// Returns the token whose string is that of both together, a new one if there is none.
  private mutating func token(_ left: UInt32, _ right: UInt32) -> UInt32 {
    var string = tokens[Int(left)]
    let rest = tokens[Int(right)]
    string += !prefix.isEmpty && rest.starts(with: prefix) ? rest[prefix.count...] : rest[...]
    if let id = ids[string] { return id }
    let id = UInt32(tokens.count)
    ids[string] = id
    tokens.append(string)
    tokenLengths.append(tokenLengths[Int(left)] + tokenLengths[Int(right)])
    return id
  }

  /// Reads the beginnings of the words of `range`, one after the other without need to wait.
  ///
  /// Words that have a pair in common lie far apart in memory, and to wait for each in turn takes
  /// longer than to work on it.
  @inline(__always)
  private mutating func touch(_ list: UnsafeMutableBufferPointer<UInt32>, _ range: Range<Int>) {
    for place in range { touched &+= symbols[words[Int(list[place])].start] }
  }

  private mutating func countPairs() throws {
    var total = 0
    for word in 0..<spelled.count {
      let length = Int(words[word].length)
      // No pair can occur more often than all symbols together.
      let (size, overflow) = words[word].count.multipliedReportingOverflow(by: length)
      let (sum, isTooMuch) = total.addingReportingOverflow(size)
      guard !overflow, !isTooMuch else {
        throw TokenizerError(
          code: .malformed, reason: "expected fewer than 2^63 characters of text, found more")
      }
      total = sum
      let start = symbols + words[word].start
      for i in 0..<max(length - 1, 0) {
        add(words[word].count, start[i], start[i + 1], word: UInt32(word))
      }
    }
    endRound()
  }

  private mutating func merge(_ left: UInt32, _ right: UInt32, into result: UInt32, word: UInt32) {
    let place = words + Int(word)
    let symbols = symbols + place.pointee.start
    let end = Int(place.pointee.length)
    let count = place.pointee.count
    var read = 0
    // Most of a word comes before its first match.
    while read + 1 < end, symbols[read] != left || symbols[read + 1] != right { read += 1 }
    guard read + 1 < end else { return }
    let length = tokenLengths[Int(result)]
    var write = read
    while read < end {
      guard symbols[read] == left, read + 1 < end, symbols[read + 1] == right else {
        symbols[write] = symbols[read]
        read += 1
        write += 1
        continue
      }
      if write > 0 {
        let before = symbols[write - 1]
        remove(count, before, left)
        if fits(before, length) { add(count, before, result, word: word) }
      }
      symbols[write] = result
      write += 1
      read += 2
      if read < end {
        let after = symbols[read]
        remove(count, right, after)
        if fits(after, length) { add(count, result, after, word: word) }
      }
    }
    place.pointee.length = Int32(write)
  }

  /// The reference counts a neighbour only if both together stay below the limit, not at it.
  @inline(__always)
  private func fits(_ token: UInt32, _ length: Int) -> Bool {
    guard let limit = limits.maximumTokenLength else { return true }
    return tokenLengths[Int(token)] + length < limit
  }

  @inline(__always)
  private mutating func remove(_ count: Int, _ left: UInt32, _ right: UInt32) {
    _ = pairs.add(-count, to: PairCounts.pair(left, right))
  }

  @inline(__always)
  private mutating func add(_ count: Int, _ left: UInt32, _ right: UInt32, word: UInt32) {
    let slot = pairs.add(count, to: PairCounts.pair(left, right))
    let list = Int(slot.pointee.list)
    if list < 0 {
      slot.pointee.list = Int32(newPairs.count)
      events.append((Int32(newPairs.count), word))
      newPairs.append(NewPair(pair: slot.pointee.pair, size: 1, lastWord: word))
      return
    }
    // A word comes with all its changes at once, so a repeated one is the last one.
    guard newPairs[list].lastWord != word else { return }
    newPairs[list].lastWord = word
    newPairs[list].size += 1
    events.append((Int32(list), word))
  }

  /// Queues the pairs that arose in this round, each with its words.
  private mutating func endRound() {
    let small = newPairs.lazy.filter { $0.size < Self.ownListSize }.reduce(0) { $0 + $1.size }
    var next = UnsafeMutablePointer<UInt32>.allocate(capacity: small)
    smallLists.append(next)
    ends.removeAll(keepingCapacity: true)
    for new in newPairs {
      if new.size < Self.ownListSize {
        ends.append(next)
        next += new.size
      } else {
        ends.append(.allocate(capacity: new.size))
      }
    }
    for event in events {
      ends[Int(event.list)].initialize(to: event.word)
      ends[Int(event.list)] += 1
    }
    for (list, new) in newPairs.enumerated() {
      let words = ends[list] - new.size
      let count = pairs.endList(of: new.pair)
      guard count > 0 else {
        if new.size >= Self.ownListSize { words.deallocate() }
        continue
      }
      queue.insert(
        Candidate(
          count: count, pair: new.pair, round: round, wordCount: UInt32(new.size), words: words))
    }
    // The first round is larger than any other, and its memory is not needed again.
    newPairs.removeAll(keepingCapacity: round > 0)
    events.removeAll(keepingCapacity: round > 0)
    round += 1
  }

  /// A pair that was merged twice has the rank of its last merge.
  private static func lastOfEach(_ merges: [BytePairModel.Merge]) -> [BytePairModel.Merge] {
    var last: [UInt64: Int] = [:]
    func pair(_ merge: BytePairModel.Merge) -> UInt64 {
      PairCounts.pair(UInt32(bitPattern: merge.left), UInt32(bitPattern: merge.right))
    }
    for (index, merge) in merges.enumerated() { last[pair(merge)] = index }
    return merges.enumerated().filter { last[pair($0.element)] == $0.offset }.map(\.element)
  }
}
