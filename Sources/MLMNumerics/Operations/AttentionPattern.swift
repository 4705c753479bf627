/// Which places of a sequence a place attends to.
package struct AttentionPattern: Hashable, Sendable {
  /// Whether a place sees itself and the places before it only.
  package var isCausal: Bool
  /// How many places to either side a place sees; all if nil.
  package var reach: Int?

  package init(isCausal: Bool = false, reach: Int? = nil) {
    precondition(reach ?? 0 >= 0, "a place sees itself")
    self.isCausal = isCausal
    self.reach = reach
  }

  /// How many pairs of a place and one that it sees the sequences have, in blocks
  /// whose scores are computed as a whole.
  func pairCount(offsets: [Int]) -> Double {
    zip(offsets, offsets.dropFirst()).reduce(0) { sum, sequence in
      let length = sequence.1 - sequence.0
      return AttentionMemory.blocks(length).reduce(sum) {
        $0 + Double($1.count) * Double(seen(from: $1, length: length).count)
      }
    }
  }

  /// The places that any of `places` sees, in a sequence of `length`.
  func seen(from places: Range<Int>, length: Int) -> Range<Int> {
    let reach = reach ?? length
    let end = isCausal ? places.upperBound : min(length, places.upperBound + reach)
    return max(0, places.lowerBound - reach)..<end
  }

  /// The columns that row i of the scores of `places` with `seen` keeps, less i.
  func columns(from places: Range<Int>, seen: Range<Int>) -> ClosedRange<Int> {
    let diagonal = places.lowerBound - seen.lowerBound
    let reach = reach ?? places.count + seen.count
    return diagonal - reach...diagonal + (isCausal ? 0 : reach)
  }
}
