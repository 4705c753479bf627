import HeapModule

/// Merges the bytes of one word into tokens, lowest rank first, leftmost first among equals.
struct BytePairMerger {
  private let model: BytePairModel
  private var tokens: [Int32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var heap = Heap<UInt64>()

  /// Up to this length, looking through all neighbours for the best costs less than a heap.
  private static let shortLength = 48
  /// Longer words are cut: positions must fit in 31 bits.
  private static let longestLength = 1 << 30

  init(_ model: BytePairModel) { self.model = model }

  /// Appends the tokens of `word`.
  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    if model.ignoresMerges,
      let id = model.vocabulary.id(of: ByteLevelAlphabet.string(of: word))
    {
      ids.append(Int32(id))
      return
    }
    if word.count <= Self.shortLength {
      appendShort(word, to: &ids)
      return
    }
    var start = 0
    while start < word.count {
      let end = min(start + Self.longestLength, word.count)
      appendLong(UnsafeBufferPointer(rebasing: word[start..<end]), to: &ids)
      start = end
    }
  }

  private mutating func appendShort(
    _ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]
  ) {
    let table = model.table
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.shortLength) { tokens in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.shortLength) { answers in
        var count = word.count
        for i in 0..<count { tokens[i] = model.byteTokens[Int(word[i])] }
        for i in 0..<max(count - 1, 0) { answers[i] = table.answer(tokens[i], tokens[i + 1]) }
        while count > 1 {
          var best = answers[0]
          var place = 0
          for i in 1..<max(count - 1, 1) where answers[i] < best {
            best = answers[i]
            place = i
          }
          guard best != MergeTable.none else { break }
          tokens[place] = Int32(truncatingIfNeeded: best)
          count -= 1
          for i in place + 1..<max(count, place + 1) {
            tokens[i] = tokens[i + 1]
            answers[i - 1] = answers[i]
          }
          if place > 0 { answers[place - 1] = table.answer(tokens[place - 1], tokens[place]) }
          if place + 1 < count { answers[place] = table.answer(tokens[place], tokens[place + 1]) }
        }
        ids.append(contentsOf: UnsafeBufferPointer(rebasing: tokens[0..<count]))
      }
    }
  }

  /// n log n for any word: a heap of possible merges over a linked list of tokens.
  private mutating func appendLong(
    _ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]
  ) {
    let count = word.count
    let table = model.table
    tokens = word.map { model.byteTokens[Int($0)] }
    next = (0..<Int32(count)).map { $0 + 1 }
    previous = (0..<Int32(count)).map { $0 - 1 }
    var first: [UInt64] = []
    first.reserveCapacity(count)
    for i in 0..<count - 1 {
      let answer = table.answer(tokens[i], tokens[i + 1])
      if answer != MergeTable.none { first.append(Self.entry(answer, i)) }
    }
    heap = Heap(first)
    while let entry = heap.popMin() {
      let place = Int(entry & 0xFFFF_FFFF)
      let right = Int(next[place])
      // A neighbour may have been merged away since the entry was made.
      guard tokens[place] >= 0, right < count else { continue }
      let answer = table.answer(tokens[place], tokens[right])
      guard answer != MergeTable.none, answer >> 32 == entry >> 32 else { continue }
      tokens[place] = Int32(truncatingIfNeeded: answer)
      tokens[right] = -1
      let following = Int(next[right])
      next[place] = Int32(following)
      if following < count {
        previous[following] = Int32(place)
        let answer = table.answer(tokens[place], tokens[following])
        if answer != MergeTable.none { heap.insert(Self.entry(answer, place)) }
      }
      let before = Int(previous[place])
      if before >= 0 {
        let answer = table.answer(tokens[before], tokens[place])
        if answer != MergeTable.none { heap.insert(Self.entry(answer, before)) }
      }
    }
    var place = 0
    while place < count {
      ids.append(tokens[place])
      place = Int(next[place])
    }
    // What a very long word needed is not kept for the short ones that follow.
    if count > 1 << 16 { (tokens, next, previous, heap) = ([], [], [], Heap()) }
  }

  private static func entry(_ answer: UInt64, _ place: Int) -> UInt64 {
    answer & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: place)
  }
}
