/// How often each pair of neighbouring tokens occurs, and the list that gathers where.
struct PairCounts: ~Copyable {
  /// What is known of a pair.
  struct Slot {
    var pair: UInt64
    var count: Int
    /// The number of the list of this round's words, or -1.
    var list: Int32
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private var used = 0

  private static let empty = UInt64.max

  init() {
    mask = 1 << 16 - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(pair: Self.empty, count: 0, list: -1), count: mask + 1)
  }

  deinit { slots.deallocate() }

  /// Makes one number of two tokens; smaller pairs are smaller numbers.
  @inline(__always)
  static func pair(_ left: UInt32, _ right: UInt32) -> UInt64 {
    UInt64(left) << 32 | UInt64(right)
  }

  /// The count of `pair`.
  func count(_ pair: UInt64) -> Int {
    let slot = slots[place(pair)]
    return slot.pair == pair ? slot.count : 0
  }

  /// Adds to the count of `pair` and returns its slot, which is valid until the next call.
  @inline(__always)
  mutating func add(_ count: Int, to pair: UInt64) -> UnsafeMutablePointer<Slot> {
    var index = place(pair)
    if slots[index].pair == Self.empty {
      if 2 * (used + 1) > mask {
        grow()
        index = place(pair)
      }
      slots[index].pair = pair
      used += 1
    }
    slots[index].count &+= count
    return slots + index
  }

  /// Forgets the list of `pair` and returns its count.
  mutating func endList(of pair: UInt64) -> Int {
    let index = place(pair)
    slots[index].list = -1
    return slots[index].count
  }

  @inline(__always)
  private func place(_ pair: UInt64) -> Int {
    let mixed = (pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15
    var index = Int(truncatingIfNeeded: mixed >> 20) & mask
    while slots[index].pair != pair, slots[index].pair != Self.empty { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = slots
    let oldCount = mask + 1
    mask = 4 * oldCount - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(pair: Self.empty, count: 0, list: -1), count: mask + 1)
    for i in 0..<oldCount where old[i].pair != Self.empty { slots[place(old[i].pair)] = old[i] }
    old.deallocate()
  }
}
