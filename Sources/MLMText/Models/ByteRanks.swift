/// The ranks of the merges of two bytes, by the bytes: most of what is looked up in a word that was
/// not met before.
final class ByteRanks: @unchecked Sendable {
  private let ranks: UnsafeMutablePointer<UInt32>

  /// Looks all pairs up in `table`; `tokens` has the token of each byte.
  init(_ tokens: [Int32], _ table: MergeTable) {
    ranks = .allocate(capacity: tokens.count * tokens.count)
    var place = ranks
    for left in tokens {
      for right in tokens {
        place.initialize(to: table.rank(left, right))
        place += 1
      }
    }
  }

  deinit { ranks.deallocate() }

  /// Returns the rank of the merge of two bytes, or `MergeTable.noRank`.
  @inline(__always)
  subscript(left: UInt8, right: UInt8) -> UInt32 { ranks[Int(left) << 8 | Int(right)] }
}
