/// Finds what two neighbouring tokens merge into.
///
/// An answer holds the merge's rank in its upper and the new token in its lower half, so that the
/// smaller of two answers is the merge to do first.
final class MergeTable: @unchecked Sendable {
  private struct Slot {
    var key: UInt64
    var answer: UInt64
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let shift: UInt64
  private let mask: Int

  /// The answer for two tokens that do not merge.
  static let none = UInt64.max

  /// Builds the table of `merges`, best first; of equal pairs the last counts.
  init(_ merges: [(left: Int32, right: Int32, result: Int32)]) {
    var bits: UInt64 = 4
    while 1 << bits < 2 * merges.count { bits += 1 }
    shift = 64 - bits
    mask = 1 << Int(bits) - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(key: .max, answer: Self.none), count: mask + 1)
    for (rank, merge) in merges.enumerated() {
      let key = Self.key(merge.left, merge.right)
      var index = slot(key)
      while slots[index].key != .max, slots[index].key != key { index = (index + 1) & mask }
      let answer = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: merge.result))
      slots[index] = Slot(key: key, answer: answer)
    }
  }

  deinit { slots.deallocate() }

  /// Returns the answer for two neighbours.
  @inline(__always)
  func answer(_ left: Int32, _ right: Int32) -> UInt64 {
    let key = Self.key(left, right)
    var index = slot(key)
    while true {
      let found = slots[index]
      if found.key == key { return found.answer }
      if found.key == .max { return Self.none }
      index = (index + 1) & mask
    }
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private func slot(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }
}
