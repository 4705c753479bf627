/// Remembers the tokens of words, so that a word is merged once and looked up afterwards.
///
/// It never changes a result. When it is full it starts afresh, so its size is bounded: 4 MB of
/// slots and the tokens of 65,536 words.
struct WordCache: ~Copyable {
  /// Words longer than this are not kept.
  static let longestWord = 64

  private struct Slot {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var length: UInt16 = 0
    var count: UInt16 = 0
    /// The first token, or the place of all of them in `tokens` when there are more than two.
    var first: Int32 = 0
    var second: Int32 = 0
    /// The place of the word in `bytes`, if it is longer than a key.
    var place: UInt32 = 0
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var slotCount: Int
  private var used = 0
  private var tokens: [Int32] = []
  private var bytes: [UInt8] = []

  private static let largestSlotCount = 1 << 17

  init() {
    slotCount = 1 << 10
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
  }

  deinit { slots.deallocate() }

  /// Appends the tokens of the word to `ids`; returns false if it is not known.
  @inline(__always)
  func append(
    _ key: WordKey, hash: UInt64, _ word: UnsafePointer<UInt8>, to ids: inout [Int32]
  ) -> Bool {
    var index = Int(truncatingIfNeeded: hash) & (slotCount - 1)
    while true {
      let slot = slots + index
      if slot.pointee.length == 0 { return false }
      if slot.pointee.low == key.low, slot.pointee.high == key.high,
        Int(slot.pointee.length) == key.length,
        key.length <= WordKey.exactLength || holds(slot.pointee, word)
      {
        ids.append(slot.pointee.first)
        if slot.pointee.count == 1 { return true }
        if slot.pointee.count == 2 {
          ids.append(slot.pointee.second)
        } else {
          let place = Int(slot.pointee.first)
          ids.removeLast()
          ids.append(contentsOf: tokens[place..<place + Int(slot.pointee.count)])
        }
        return true
      }
      index = (index + 1) & (slotCount - 1)
    }
  }

  /// Keeps the tokens of a word that is not known yet.
  mutating func insert(
    _ key: WordKey, hash: UInt64, _ word: UnsafePointer<UInt8>, _ ids: ArraySlice<Int32>
  ) {
    guard key.length > 0, key.length <= Self.longestWord, let first = ids.first else { return }
    if 2 * (used + 1) > slotCount { makeRoom() }
    var slot = Slot(
      low: key.low, high: key.high, length: UInt16(key.length), count: UInt16(ids.count))
    slot.first = first
    if ids.count == 2 {
      slot.second = ids[ids.startIndex + 1]
    } else if ids.count > 2 {
      slot.first = Int32(tokens.count)
      tokens.append(contentsOf: ids)
    }
    if key.length > WordKey.exactLength {
      slot.place = UInt32(bytes.count)
      bytes.append(contentsOf: UnsafeBufferPointer(start: word, count: key.length))
    }
    place(slot, hash: hash)
    used += 1
  }

  private func holds(_ slot: Slot, _ word: UnsafePointer<UInt8>) -> Bool {
    let place = Int(slot.place)
    return bytes[place..<place + Int(slot.length)].elementsEqual(
      UnsafeBufferPointer(start: word, count: Int(slot.length)))
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
