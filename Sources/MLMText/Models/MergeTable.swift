/// Finds what two neighbouring tokens merge into.
///
/// A bucket is half a cache line and has no branch that depends on the data: pairs are looked up in
/// great numbers, in no order, and about half of them are not there.
package final class MergeTable: @unchecked Sendable {
  /// Buckets of four entries.
  ///
  /// From the top: a bit that says, in the first of them, that more are in the next bucket; the two
  /// tokens; the rank of their merge. An empty one has all bits but the first.
  private let slots: UnsafeMutablePointer<UInt64>
  private let bucketMask: Int
  private let hashShift: UInt64
  private let tokenBits: UInt64
  private let rankBits: UInt64
  /// The highest rank that fits in an entry.
  private let rankMask: UInt64
  /// The new token of each rank.
  private let results: UnsafeMutablePointer<Int32>
  /// The ranks of all pairs where tokens are too many for an entry.
  private let ranks: [UInt64: UInt32]

  /// The rank of two tokens that do not merge: 26 bits, which leave six for a place.
  package static let noRank: UInt32 = 1 << 26 - 1
  /// The answer for two tokens that do not merge.
  package static let none = UInt64.max

  private static let overflowBit: UInt64 = 1 << 63
  private static let empty = ~overflowBit
  private static let bucketSize = 4

  /// Builds the table of fewer than `noRank` `merges`, best first, of tokens below `tokenCount`; of
  /// equal pairs the last counts.
  package init(_ merges: [(left: Int32, right: Int32, result: Int32)], tokenCount: Int) {
    // No token has all bits, so that no entry looks empty.
    tokenBits = Self.bits(for: tokenCount + 1)
    rankBits = Self.bits(for: merges.count)
    rankMask = 1 << rankBits - 1
    let isCompact = 2 * tokenBits + rankBits < 64
    var bucketBits: UInt64 = 1
    while isCompact, Self.bucketSize << bucketBits < 2 * merges.count { bucketBits += 1 }
    hashShift = 64 - bucketBits
    bucketMask = 1 << Int(bucketBits) - 1
    let slotCount = Self.bucketSize * (bucketMask + 1)
    slots = UnsafeMutableRawPointer.allocate(
      byteCount: 8 * slotCount, alignment: 8 * Self.bucketSize
    ).bindMemory(to: UInt64.self, capacity: slotCount)
    slots.initialize(repeating: Self.empty, count: slotCount)
    results = .allocate(capacity: max(merges.count, 1))
    results.initialize(repeating: 0, count: max(merges.count, 1))
    var ranks: [UInt64: UInt32] = [:]
    if !isCompact {
      for i in 0...bucketMask { slots[Self.bucketSize * i] |= Self.overflowBit }
    }
    for (rank, merge) in merges.enumerated() {
      results[rank] = merge.result
      let key = Self.key(merge.left, merge.right, tokenBits)
      if isCompact {
        Self.insert(
          key << rankBits, UInt64(rank), rankMask, in: slots,
          from: Int(truncatingIfNeeded: Self.mix(key) >> hashShift), bucketMask)
      } else {
        ranks[key] = UInt32(truncatingIfNeeded: rank)
      }
    }
    self.ranks = ranks
  }

  deinit {
    slots.deallocate()
    results.deallocate()
  }

  /// How many bits the numbers below `count` take.
  private static func bits(for count: Int) -> UInt64 {
    UInt64(Int.bitWidth - max(count - 1, 1).leadingZeroBitCount)
  }

  private static func insert(
    _ pair: UInt64, _ rank: UInt64, _ rankMask: UInt64, in slots: UnsafeMutablePointer<UInt64>,
    from first: Int, _ bucketMask: Int
  ) {
    var index = first
    while true {
      let bucket = slots + bucketSize * index
      for i in 0..<bucketSize {
        let entry = bucket[i]
        let flag = entry & overflowBit
        if entry | overflowBit == .max || (entry ^ flag ^ pair) <= rankMask {
          bucket[i] = flag | pair | rank
          return
        }
      }
      bucket[0] |= overflowBit
      index = (index + 1) & bucketMask
    }
  }

  /// Returns the rank of the merge of two neighbours, or `noRank`.
  @inline(__always)
  package func rank(_ left: Int32, _ right: Int32) -> UInt32 {
    let key = Self.key(left, right, tokenBits)
    let index = Int(truncatingIfNeeded: Self.mix(key) >> hashShift)
    let bucket = slots + Self.bucketSize * index
    // What differs from the pair in nothing but the rank is the rank.
    let pair = key &<< rankBits
    let best = min(
      min(bucket[0] ^ pair, bucket[1] ^ pair), min(bucket[2] ^ pair, bucket[3] ^ pair))
    if bucket[0] & Self.overflowBit != 0 { return slowRank(key, index) }
    return best <= rankMask ? UInt32(truncatingIfNeeded: best) : Self.noRank
  }

  /// Looks through the buckets after a full one, too.
  private func slowRank(_ key: UInt64, _ first: Int) -> UInt32 {
    guard ranks.isEmpty else { return ranks[key] ?? Self.noRank }
    let pair = key << rankBits
    var index = first
    while true {
      let bucket = slots + Self.bucketSize * index
      for i in 0..<Self.bucketSize {
        let difference = (bucket[i] & Self.empty) ^ pair
        if difference <= rankMask { return UInt32(truncatingIfNeeded: difference) }
      }
      if bucket[0] & Self.overflowBit == 0 { return Self.noRank }
      index = (index + 1) & bucketMask
    }
  }

  /// Returns the token that the merge of `rank` makes.
  @inline(__always)
  package func result(_ rank: UInt32) -> Int32 { results[Int(rank)] }

  /// Returns the rank of the merge of two neighbours in the upper and the new token in the lower half,
  /// so that the smaller of two answers is the merge to do first; or `none`.
  @inline(__always)
  package func answer(_ left: Int32, _ right: Int32) -> UInt64 {
    let rank = rank(left, right)
    if rank == Self.noRank { return Self.none }
    return UInt64(rank) << 32 | UInt64(UInt32(bitPattern: result(rank)))
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32, _ tokenBits: UInt64) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) &<< tokenBits | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func mix(_ key: UInt64) -> UInt64 {
    (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
  }
}
