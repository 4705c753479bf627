/// Remembers the tokens of words, so that a word is merged once and looked up afterwards.
///
/// It never changes a result. When it is full it starts afresh, so its size is bounded: 8 MB of
/// slots, and the bytes and tokens of those of 131,072 words that do not fit in a slot. A slot is
/// half a cache line, and frequent words are few, so those that matter stay in the second level.
struct WordCache: ~Copyable {
  /// Words longer than this are not kept.
  static let longestWord = 64

  private struct Slot {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var length: UInt16 = 0
    var count: UInt16 = 0
    /// The first token, or the place of all of them in `tokens` where the slot cannot hold them.
    var first: Int32 = 0
    var second: Int32 = 0
    /// The third token; of a word that is longer than a key, its place in `bytes`.
    var third: Int32 = 0

    /// Whether the tokens are in the slot.
    @inline(__always)
    var holdsTokens: Bool { Int(count) <= (Int(length) <= WordKey.exactLength ? 3 : 2) }
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var slotCount: Int
  private var used = 0
  private var tokens: [Int32] = []
  private var bytes: [UInt8] = []

  private static let largestSlotCount = 1 << 18

  init() {
    slotCount = 1 << 10
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
  }

  deinit { slots.deallocate() }

  /// Reads some of the memory that `append` reads for a word with such a hash.
  @inline(__always)
  func touch(hash: UInt64) -> UInt64 {
    slots[Int(truncatingIfNeeded: hash) & (slotCount - 1)].low
  }

  /// Appends the tokens of the word to `ids`; returns false if it is not known.
  @inline(__always)
  func append(
    _ key: WordKey, hash: UInt64, _ word: UnsafePointer<UInt8>, to ids: inout IDBuffer
  ) -> Bool {
    var index = Int(truncatingIfNeeded: hash) & (slotCount - 1)
    while true {
      let slot = slots + index
      if slot.pointee.low == key.low, slot.pointee.high == key.high,
        Int(slot.pointee.length) == key.length,
        key.length <= WordKey.exactLength || holds(slot.pointee, word)
      {
        // An empty slot looks like a word of no bytes, which is never asked for.
        if slot.pointee.holdsTokens {
          ids.append(
            slot.pointee.first, slot.pointee.second, slot.pointee.third,
            used: Int(slot.pointee.count))
        } else {
          appendOutside(slot.pointee, to: &ids)
        }
        return true
      }
      if slot.pointee.length == 0 { return false }
      index = (index + 1) & (slotCount - 1)
    }
  }

  private func appendOutside(_ slot: Slot, to ids: inout IDBuffer) {
    let place = Int(slot.first)
    tokens.withUnsafeBufferPointer {
      ids.append(UnsafeBufferPointer(rebasing: $0[place..<place + Int(slot.count)]))
    }
  }

  /// Keeps the tokens of a word that is not known yet.
  mutating func insert(
    _ key: WordKey, hash: UInt64, _ word: UnsafePointer<UInt8>, _ ids: UnsafeBufferPointer<Int32>
  ) {
    guard key.length > 0, key.length <= Self.longestWord, let first = ids.first else { return }
    if 2 * (used + 1) > slotCount { makeRoom() }
    var slot = Slot(
      low: key.low, high: key.high, length: UInt16(key.length), count: UInt16(ids.count))
    if slot.holdsTokens {
      slot.first = first
      slot.second = ids.count > 1 ? ids[1] : 0
      slot.third = ids.count > 2 ? ids[2] : 0
    } else {
      slot.first = Int32(truncatingIfNeeded: tokens.count)
      tokens.append(contentsOf: ids)
    }
    if key.length > WordKey.exactLength {
      slot.third = Int32(truncatingIfNeeded: bytes.count)
      bytes.append(contentsOf: UnsafeBufferPointer(start: word, count: key.length))
    }
    place(slot, hash: hash)
    used += 1
  }

  private func holds(_ slot: Slot, _ word: UnsafePointer<UInt8>) -> Bool {
    let place = Int(slot.third)
    return bytes.withUnsafeBufferPointer {
      UnsafeBufferPointer(rebasing: $0[place..<place + Int(slot.length)]).equals(
        UnsafeBufferPointer(start: word, count: Int(slot.length)))
    }
  }

  private func place(_ slot: Slot, hash: UInt64) {
    var index = Int(truncatingIfNeeded: hash) & (slotCount - 1)
    while slots[index].length != 0 { index = (index + 1) & (slotCount - 1) }
    slots[index] = slot
  }

  private mutating func makeRoom() {
    if slotCount >= Self.largestSlotCount {
      slots.update(repeating: Slot(), count: slotCount)
      used = 0
      tokens.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
      return
    }
    let old = slots
    let oldCount = slotCount
    slotCount *= 4
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
    for i in 0..<oldCount where old[i].length != 0 {
      let key = WordKey(low: old[i].low, high: old[i].high, length: Int(old[i].length))
      place(old[i], hash: key.hash)
    }
    old.deallocate()
  }
}

extension WordKey {
  init(low: UInt64, high: UInt64, length: Int) {
    self.low = low
    self.high = high
    self.length = length
  }
}
