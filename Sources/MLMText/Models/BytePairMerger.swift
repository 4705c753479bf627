import HeapModule

/// Merges the bytes of one word into tokens, lowest rank first, leftmost first among equals.
struct BytePairMerger {
  private let model: BytePairModel
  private var boundaries: MergeBoundaries?
  /// How many bytes of long words are merged as a whole before boundaries are looked for: finding out
  /// what they are takes longer than that.
  private var wholeBytes: Int

  /// Up to this length, looking through all neighbours for the best costs less than a heap.
  private static let shortLength = 64
  /// Longer words are cut: positions must fit in 31 bits.
  private static let longestLength = 1 << 30

  init(_ model: BytePairModel, wholeBytes: Int = 1 << 16) {
    self.model = model
    self.wholeBytes = wholeBytes
  }

  /// Appends the tokens of `word`.
  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout IDBuffer) {
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

  /// Looks for the best merge among all that are possible, again and again.
  ///
  /// Bytes keep their places, and what was merged away is left out by links. An entry has a merge's
  /// rank above the place of its left token, so that the smallest entry is the merge to do, and
  /// finding it takes no branch that depends on the data.
  private func appendShort(_ word: UnsafeBufferPointer<UInt8>, to ids: inout IDBuffer) {
    let table = model.table
    let count = word.count
    let byteTokens = model.byteTokens
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.shortLength + 4) { entries in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * Self.shortLength) { memory in
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * Self.shortLength) { links in
          guard let tokens = memory.baseAddress, let next = links.baseAddress else { return }
          let results = tokens + Self.shortLength
          let previous = next + Self.shortLength
          @inline(__always)
          func look(_ place: Int, _ right: Int) {
            let answer = table.answer(tokens[place], tokens[right])
            results[place] = Int32(truncatingIfNeeded: answer)
            entries[place] =
              answer == MergeTable.none ? .max : Self.entry(answer, place)
          }
          for i in 0..<count {
            tokens[i] = byteTokens[Int(word[i])]
            next[i] = UInt8(truncatingIfNeeded: i + 1)
            previous[i] = UInt8(truncatingIfNeeded: i &- 1)
          }
          for i in 0..<count - 1 { look(i, i + 1) }
          // Filled up to a multiple of four, which are compared side by side.
          for i in count - 1..<(count + 3) & ~3 { entries[i] = .max }
          while true {
            var (a, b, c, d) = (entries[0], entries[1], entries[2], entries[3])
            var i = 4
            while i < count {
              a = min(a, entries[i])
              b = min(b, entries[i + 1])
              c = min(c, entries[i + 2])
              d = min(d, entries[i + 3])
              i += 4
            }
            let best = min(min(a, b), min(c, d))
            guard best != .max else { break }
            let place = Int(best & 0xFF)
            let right = Int(next[place])
            let following = Int(next[right])
            tokens[place] = results[place]
            entries[right] = .max
            next[place] = UInt8(truncatingIfNeeded: following)
            if following < count {
              previous[following] = UInt8(truncatingIfNeeded: place)
              look(place, following)
            } else {
              entries[place] = .max
            }
            if place > 0 { look(Int(previous[place]), place) }
          }
          var place = 0
          while place < count {
            ids.append(tokens[place])
            place = Int(next[place])
          }
        }
      }
    }
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
      var best = MergeTable.none
      for i in 0..<count - 1 { best = min(best, table.answer(tokens[i], tokens[i + 1])) }
      guard best != MergeTable.none else { break }
      let result = Int32(truncatingIfNeeded: best)
      var kept = 0
      var i = 0
      var isOver = false
      while i < count {
        if !isOver, i + 1 < count, table.answer(tokens[i], tokens[i + 1]) == best {
          tokens[kept] = result
          i += 2
          isOver =
            kept > 0 && table.answer(tokens[kept - 1], result) < best
            || i < count && table.answer(result, tokens[i]) < best
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
