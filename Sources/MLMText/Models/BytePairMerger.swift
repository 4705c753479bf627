import HeapModule

/// Merges the bytes of one word into tokens, lowest rank first, leftmost first among equals.
package struct BytePairMerger {
  private let model: BytePairModel
  private var boundaries: MergeBoundaries?
  /// How many bytes of long words are merged as a whole before boundaries are looked for: finding out
  /// what they are takes longer than that.
  private var wholeBytes: Int

  private static let shortLength = ShortMerge.longest
  /// Longer words are cut: positions must fit in 31 bits.
  private static let longestLength = 1 << 30

  /// Runs `model`; `wholeBytes` says how many bytes of long words come before the cutting.
  package init(_ model: BytePairModel, wholeBytes: Int = 1 << 16) {
    self.model = model
    self.wholeBytes = wholeBytes
  }

  /// Appends the tokens of `word`.
  package mutating func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout IDBuffer) {
    if model.ignoresMerges,
      let id = model.vocabulary.id(of: ByteLevelAlphabet.string(of: word))
    {
      ids.append(Int32(id))
      return
    }
    if word.isEmpty { return }
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

  private func appendShort(_ word: UnsafeBufferPointer<UInt8>, to ids: inout IDBuffer) {
    let byteRanks = model.byteRanks
    ShortMerge.run(
      word.count, model.table,
      fill: { tokens, entries in
        model.byteTokens.withUnsafeBufferPointer { byteTokens in
          for i in 0..<word.count { tokens[i] = byteTokens[Int(word[i])] }
        }
        for i in 0..<word.count - 1 {
          entries[i] = ShortMerge.entry(byteRanks[word[i], word[i + 1]], i)
        }
      }, { token, _, _ in ids.append(token) })
  }

  /// Cuts a word where no merge reaches over, a short part after the other.
  ///
  /// What has no such places for longer is one part.
  private mutating func appendLong(
    _ word: UnsafeBufferPointer<UInt8>, to ids: inout IDBuffer
  ) {
    if wholeBytes > 0 {
      wholeBytes -= word.count
      if wholeBytes > 0 { return appendWhole(word, to: &ids) }
    }
    let boundaries = boundaries ?? model.boundaries
    self.boundaries = boundaries
    var start = 0
    while word.count - start > Self.shortLength {
      var end = start + Self.shortLength
      while end > start, !boundaries.isBoundary(word, end) { end -= 1 }
      if end == start {
        end = start + Self.shortLength + 1
        while end < word.count, !boundaries.isBoundary(word, end) { end += 1 }
        appendWhole(UnsafeBufferPointer(rebasing: word[start..<end]), to: &ids)
      } else {
        appendShort(UnsafeBufferPointer(rebasing: word[start..<end]), to: &ids)
      }
      start = end
    }
    if start < word.count {
      appendShort(UnsafeBufferPointer(rebasing: word[start...]), to: &ids)
    }
  }

  /// Merges a part of any length.
  private func appendWhole(_ word: UnsafeBufferPointer<UInt8>, to ids: inout IDBuffer) {
    let tokens = UnsafeMutableBufferPointer<Int32>.allocate(capacity: word.count)
    defer { tokens.deallocate() }
    for i in 0..<word.count { tokens[i] = model.byteTokens[Int(word[i])] }
    let count = word.count < 256 ? word.count : mergeInPasses(tokens)
    mergeByRank(UnsafeMutableBufferPointer(rebasing: tokens[0..<count]), to: &ids)
  }

  /// Does the best merge everywhere, from left to right, again and again as long as that makes a part
  /// much shorter; returns how many tokens are left.
  ///
  /// Repeated characters, where nearly every place has the same merge, take a few passes. A pass ends
  /// early where a merge makes a better one possible, which is then the next to do.
  private func mergeInPasses(_ tokens: UnsafeMutableBufferPointer<Int32>) -> Int {
    let table = model.table
    var count = tokens.count
    while count > 1 {
      var best = MergeTable.noRank
      var pair = (left: Int32(-1), right: Int32(-1))
      // The same two tokens often follow each other, here and below.
      var last = pair
      for i in 0..<count - 1 where tokens[i] != last.left || tokens[i + 1] != last.right {
        last = (tokens[i], tokens[i + 1])
        let rank = table.rank(last.left, last.right)
        if rank < best { (best, pair) = (rank, last) }
      }
      guard best != MergeTable.noRank else { break }
      let result = table.result(best)
      var (before, after): (Int32, Int32) = (-1, -1)
      var kept = 0
      var i = 0
      var isOver = false
      while i < count {
        if !isOver, i + 1 < count, tokens[i] == pair.left, tokens[i + 1] == pair.right {
          tokens[kept] = result
          i += 2
          if kept > 0, tokens[kept - 1] != before {
            before = tokens[kept - 1]
            isOver = table.rank(before, result) < best
          }
          if i < count, tokens[i] != after {
            after = tokens[i]
            isOver = isOver || table.rank(result, after) < best
          }
        } else {
          tokens[kept] = tokens[i]
          i += 1
        }
        kept += 1
      }
      let isProductive = count - kept > count / 16
      count = kept
      if !isProductive { break }
    }
    return count
  }

  /// n log n for any tokens: a heap of possible merges over a linked list.
  private func mergeByRank(
    _ tokens: UnsafeMutableBufferPointer<Int32>, to ids: inout IDBuffer
  ) {
    let count = tokens.count
    let table = model.table
    var first: [UInt64] = []
    for i in 0..<max(count - 1, 0) {
      let answer = table.answer(tokens[i], tokens[i + 1])
      if answer != MergeTable.none { first.append(Self.entry(answer, i)) }
    }
    guard !first.isEmpty else {
      ids.append(UnsafeBufferPointer(tokens))
      return
    }
    let next = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * count)
    defer { next.deallocate() }
    let previous = next + count
    for i in 0..<count {
      next[i] = Int32(truncatingIfNeeded: i + 1)
      previous[i] = Int32(truncatingIfNeeded: i - 1)
    }
    var heap = Heap(first)
    first = []
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
      next[place] = Int32(truncatingIfNeeded: following)
      if following < count {
        previous[following] = Int32(truncatingIfNeeded: place)
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
  }

  private static func entry(_ answer: UInt64, _ place: Int) -> UInt64 {
    answer & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: place)
  }
}
