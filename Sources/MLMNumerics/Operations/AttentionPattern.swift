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
