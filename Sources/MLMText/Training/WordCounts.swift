/// Counts words.
///
/// Each word's bytes are kept once. The order of the words depends on the order of the text; nothing
/// that is made of the counts may depend on it.
struct WordCounts: Sendable {
  private struct Entry {
    var low: UInt64
    var high: UInt64
    var place: Int
    var length: Int
    var count: Int
  }

  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  /// The number of an entry plus one, or zero.
  private var slots = [UInt32](repeating: 0, count: 1 << 12)

  /// How many different words there are.
  var wordCount: Int { entries.count }

  /// The sum of all words' lengths in bytes.
  var byteCount: Int { bytes.count }

  /// Adds `count` to the word of `length` bytes; sixteen bytes from `word` on must be readable.
  @inline(__always)
  mutating func add(_ word: UnsafePointer<UInt8>, length: Int, count: Int) {
    let key = WordKey(word, length: length)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: key.hash) & mask
    while true {
      let number = Int(slots[slot])
      if number == 0 { break }
      if isEntry(number - 1, key, word) {
        entries[number - 1].count &+= count
        return
      }
      slot = (slot + 1) & mask
    }
    insert(key, slot, UnsafeBufferPointer(start: word, count: length), count)
  }

  /// Adds all counts of `other`.
  mutating func add(_ other: WordCounts) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: WordKey.exactLength) { buffer in
      guard let padded = buffer.baseAddress else { return }
      other.bytes.withUnsafeBufferPointer { text in
        guard let base = text.baseAddress else { return }
        for entry in other.entries {
          // The last words of the buffer have too little behind them to be read in one go.
          if entry.place + WordKey.exactLength <= text.count {
            add(base + entry.place, length: entry.length, count: entry.count)
          } else if entry.length <= WordKey.exactLength {
            buffer.update(repeating: 0)
            padded.update(from: base + entry.place, count: entry.length)
            add(padded, length: entry.length, count: entry.count)
          } else {
            add(base + entry.place, length: entry.length, count: entry.count)
          }
        }
      }
    }
  }

  /// Calls `body` with each word and its count.
  func forEach(_ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) -> Void) {
    bytes.withUnsafeBufferPointer { text in
      for entry in entries {
        body(
          UnsafeBufferPointer(rebasing: text[entry.place..<entry.place + entry.length]),
          entry.count)
      }
    }
  }

  @inline(__always)
  private func isEntry(_ index: Int, _ key: WordKey, _ word: UnsafePointer<UInt8>) -> Bool {
    let entry = entries[index]
    guard entry.low == key.low, entry.high == key.high, entry.length == key.length else {
      return false
    }
    if key.length <= WordKey.exactLength { return true }
    return bytes[entry.place..<entry.place + entry.length].elementsEqual(
      UnsafeBufferPointer(start: word, count: key.length))
  }

  private mutating func insert(
    _ key: WordKey, _ slot: Int, _ word: UnsafeBufferPointer<UInt8>, _ count: Int
  ) {
    entries.append(
      Entry(low: key.low, high: key.high, place: bytes.count, length: key.length, count: count))
    bytes.append(contentsOf: word)
    slots[slot] = UInt32(entries.count)
    guard 2 * entries.count > slots.count else { return }
    let mask = 4 * slots.count - 1
    slots = [UInt32](repeating: 0, count: mask + 1)
    for (index, entry) in entries.enumerated() {
      let key = WordKey(low: entry.low, high: entry.high, length: entry.length)
      var slot = Int(truncatingIfNeeded: key.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index + 1)
    }
  }
}
