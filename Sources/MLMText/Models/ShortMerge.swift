/// Merges the tokens of a short word, lowest rank first, leftmost first among equals.
enum ShortMerge {
  /// The most tokens that a word may begin with: up to here, looking through all neighbours for the
  /// best costs less than a heap.
  static let longest = 64

  /// A rank above a place, so that the smallest entry is the merge to do.
  @inline(__always)
  static func entry(_ rank: UInt32, _ place: Int) -> UInt32 {
    rank << 6 | UInt32(truncatingIfNeeded: place)
  }

  /// Merges `count` tokens, one at least, and calls `body` with each that is left and the places that
  /// it stands for.
  ///
  /// `fill` writes the tokens, and for each but the last the entry of its merge with the next. Tokens
  /// keep their places, and what was merged away is left out by links. Finding the best takes no
  /// branch that depends on the data.
  @inline(__always)
  static func run(
    _ count: Int, _ table: MergeTable,
    fill: (_ tokens: UnsafeMutablePointer<Int32>, _ entries: UnsafeMutablePointer<UInt32>) -> Void,
    _ body: (_ token: Int32, _ start: Int, _ end: Int) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: longest + 4) { entries in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: longest) { tokens in
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * longest) { links in
          guard let entries = entries.baseAddress, let tokens = tokens.baseAddress,
            let next = links.baseAddress
          else { return }
          let previous = next + longest
          fill(tokens, entries)
          for i in 0..<count {
            next[i] = UInt8(truncatingIfNeeded: i + 1)
            previous[i] = UInt8(truncatingIfNeeded: i &- 1)
          }
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
            guard best < entry(MergeTable.noRank, 0) else { break }
            let place = Int(best & 0x3F)
            let right = Int(next[place])
            let following = Int(next[right])
            tokens[place] = table.result(best >> 6)
            entries[right] = .max
            next[place] = UInt8(truncatingIfNeeded: following)
            if following < count {
              previous[following] = UInt8(truncatingIfNeeded: place)
              entries[place] = entry(table.rank(tokens[place], tokens[following]), place)
            } else {
              entries[place] = .max
            }
            if place > 0 {
              let before = Int(previous[place])
              entries[before] = entry(table.rank(tokens[before], tokens[place]), before)
            }
          }
          var place = 0
          while place < count {
            body(tokens[place], place, Int(next[place]))
            place = Int(next[place])
          }
        }
      }
    }
  }
}
