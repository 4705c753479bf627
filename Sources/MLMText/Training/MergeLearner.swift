import HeapModule

/// Learns merges from counted words, the way Hugging Face's `BpeTrainer` does, entry for entry.
///
/// The most frequent pair is merged first; of equally frequent ones the pair with the smaller first,
/// then the smaller second token. Three habits of the reference are kept because they show in the
/// vocabulary: a merged pair keeps its count, so it can be merged a second time when it arises anew;
/// words are remembered per round in which a pair arose; and a merge whose string exists already
/// gets the existing token.
struct MergeLearner: ~Copyable {
  /// A pair to merge, in the words where it arose in one round.
  private struct Candidate: Comparable {
    var count: Int
    var pair: UInt64
    var round: Int
    var words: Range<Int>

    static func < (a: Candidate, b: Candidate) -> Bool {
      // The greatest candidate is merged first; an older round wins where the pair is the same.
      (a.count, b.pair, b.round) < (b.count, a.pair, a.round)
    }
  }

  private var symbols: [UInt32] = []
  private var starts: [Int] = []
  private var lengths: [Int] = []
  private var counts: [Int] = []
  private var pairs = PairCounts()
  private var queue = Heap<Candidate>()
  private var round = 0
  /// The words of all candidates, one candidate after the other.
  private var places: [UInt32] = []

  // This round: the pairs that arose, how many words each has, and which.
  private var newPairs: [UInt64] = []
  private var newSizes: [Int] = []
  private var lastWords: [UInt32] = []
  private var events: [(list: Int32, word: UInt32)] = []

  /// The vocabulary string of each token.
  private(set) var tokens: [[UInt8]]
  private var tokenLengths: [Int]
  private var ids: [[UInt8]: UInt32] = [:]
  private let maximumTokenLength: Int

  /// Prepares to learn: `tokens` are the special tokens and the byte symbols in their order.
  init(_ words: WordCounts, tokens: [[UInt8]], maximumTokenLength: Int?) {
    self.tokens = tokens
    self.maximumTokenLength = maximumTokenLength ?? .max
    tokenLengths = tokens.map(Self.length)
    for (id, token) in tokens.enumerated() { ids[token] = UInt32(id) }
    let byteTokens = (0..<256).map { ids[ByteLevelAlphabet.string(of: [UInt8($0)])] ?? 0 }
    symbols.reserveCapacity(words.byteCount)
    starts.reserveCapacity(words.wordCount)
    words.forEach { word, count in
      starts.append(symbols.count)
      lengths.append(word.count)
      counts.append(count)
      for byte in word { symbols.append(byteTokens[Int(byte)]) }
    }
  }

  /// Merges until there are `vocabularySize` tokens or no pair occurs `minimumFrequency` times.
  ///
  /// Returns the merges, best first, each pair once.
  mutating func learn(
    vocabularySize: Int, minimumFrequency: Int, progress: (_ merges: Int, _ total: Int) -> Void
  ) -> [BytePairModel.Merge] {
    countPairs()
    var merges: [BytePairModel.Merge] = []
    let total = max(vocabularySize - tokens.count, 0)
    while tokens.count < vocabularySize, var best = queue.popMax() {
      let count = pairs.count(best.pair)
      if best.count != count {
        // The count has changed since the candidate was queued.
        best.count = count
        if count > 0 { queue.insert(best) }
        continue
      }
      if count < max(minimumFrequency, 1) { break }
      let left = UInt32(truncatingIfNeeded: best.pair >> 32)
      let right = UInt32(truncatingIfNeeded: best.pair)
      let result = token(left, right)
      merges.append((Int32(left), Int32(right), Int32(result)))
      for place in best.words { merge(left, right, into: result, word: places[place]) }
      endRound()
      progress(merges.count, total)
    }
    return Self.lastOfEach(merges)
  }

  /// Returns the token whose string is that of both together, a new one if there is none.
  private mutating func token(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let string = tokens[Int(left)] + tokens[Int(right)]
    if let id = ids[string] { return id }
    let id = UInt32(tokens.count)
    ids[string] = id
    tokens.append(string)
    tokenLengths.append(Self.length(string))
    return id
  }

  private mutating func countPairs() {
    for word in starts.indices {
      let start = starts[word]
      let count = counts[word]
      for i in start..<start + max(lengths[word] - 1, 0) {
        add(count, symbols[i], symbols[i + 1], word: UInt32(word))
      }
    }
    endRound()
  }

  private mutating func merge(_ left: UInt32, _ right: UInt32, into result: UInt32, word: UInt32) {
    let start = starts[Int(word)]
    let end = start + lengths[Int(word)]
    let count = counts[Int(word)]
    let length = tokenLengths[Int(result)]
    var read = start
    var write = start
    while read < end {
      guard symbols[read] == left, read + 1 < end, symbols[read + 1] == right else {
        if write != read { symbols[write] = symbols[read] }
        read += 1
        write += 1
        continue
      }
      if write > start {
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
    lengths[Int(word)] = write - start
  }

  /// The reference counts a neighbour only if both together stay below the limit, not at it.
  private func fits(_ token: UInt32, _ length: Int) -> Bool {
    maximumTokenLength == .max || tokenLengths[Int(token)] + length < maximumTokenLength
  }

  private mutating func remove(_ count: Int, _ left: UInt32, _ right: UInt32) {
    _ = pairs.add(-count, to: PairCounts.pair(left, right))
  }

  private mutating func add(_ count: Int, _ left: UInt32, _ right: UInt32, word: UInt32) {
    let slot = pairs.add(count, to: PairCounts.pair(left, right))
    var list = Int(slot.pointee.list)
    if list < 0 {
      list = newPairs.count
      slot.pointee.list = Int32(list)
      newPairs.append(slot.pointee.pair)
      newSizes.append(0)
      lastWords.append(.max)
    }
    // A word comes with all its changes at once, so a repeated one is the last one.
    guard lastWords[list] != word else { return }
    lastWords[list] = word
    newSizes[list] += 1
    events.append((Int32(list), word))
  }

  /// Queues the pairs that arose in this round, each with its words.
  private mutating func endRound() {
    var next = places.count
    var ends: [Int] = []
    ends.reserveCapacity(newSizes.count)
    for size in newSizes {
      ends.append(next)
      next += size
    }
    places.append(contentsOf: repeatElement(0, count: next - places.count))
    for event in events {
      places[ends[Int(event.list)]] = event.word
      ends[Int(event.list)] += 1
    }
    for (list, pair) in newPairs.enumerated() {
      let count = pairs.endList(of: pair)
      guard count > 0 else { continue }
      queue.insert(
        Candidate(
          count: count, pair: pair, round: round,
          words: ends[list] - newSizes[list]..<ends[list]))
    }
    round += 1
    newPairs.removeAll(keepingCapacity: true)
    newSizes.removeAll(keepingCapacity: true)
    lastWords.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
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

  /// The number of characters of a vocabulary string.
  private static func length(_ token: [UInt8]) -> Int {
    token.count { $0 & 0xC0 != 0x80 }
  }
}
