#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Counts words in memory; each word's bytes are kept once.
///
/// Reads and writes are those of one thread at a time.
package final class WordTable: CountedWords {
  private struct Entry {
    var low: UInt64
    var high: UInt64
    var place: Int
    var length: Int
    var count: Int
  }

  private var entries: UnsafeMutablePointer<Entry>
  private var entryCapacity = 1 << 10
  private var text: UnsafeMutablePointer<UInt8>
  private var textCapacity = 1 << 14
  /// Upper half: a part of the hash; lower half: the number of an entry plus one, or zero.
  private var slots: UnsafeMutablePointer<UInt64>
  private var mask = 1 << 12 - 1

  /// How many different words there are.
  private(set) var wordCount = 0
  /// The sum of all words' lengths in bytes.
  private(set) var byteCount = 0

  /// The most words that a table can hold.
  static let largestWordCount = Int(UInt32.max) - 1

  init() {
    entries = .allocate(capacity: entryCapacity)
    text = .allocate(capacity: textCapacity)
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: 0, count: mask + 1)
  }

  deinit {
    entries.deallocate()
    text.deallocate()
    slots.deallocate()
  }

  /// The bytes of memory that the table takes.
  var memory: Int {
    entryCapacity * MemoryLayout<Entry>.stride + textCapacity + (mask + 1) * 8
  }

  /// Forgets all words and gives the memory back.
  func removeAll() {
    entries.deallocate()
    text.deallocate()
    slots.deallocate()
    (entryCapacity, textCapacity, mask) = (1 << 10, 1 << 14, 1 << 12 - 1)
    (wordCount, byteCount) = (0, 0)
    entries = .allocate(capacity: entryCapacity)
    text = .allocate(capacity: textCapacity)
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: 0, count: mask + 1)
  }

  /// Adds `count` to the word of `length` bytes, of which `readable` bytes can be read.
  @inline(__always)
  func add(_ word: UnsafePointer<UInt8>, length: Int, readable: Int, count: Int) {
    if readable >= WordKey.exactLength || length > WordKey.exactLength {
      add(word, length: length, count: count)
    } else {
      addCopy(of: word, length: length, count: count)
    }
  }

  /// How often `word` was added.
  func count(of word: UnsafeBufferPointer<UInt8>) -> Int {
    guard let base = word.baseAddress else { return 0 }
    func count(_ word: UnsafePointer<UInt8>, length: Int) -> Int {
      let key = WordKey(word, length: length)
      let found = slots[slot(of: key, word)]
      return found == 0 ? 0 : entries[Int(truncatingIfNeeded: found & 0xFFFF_FFFF) - 1].count
    }
    guard word.count <= WordKey.exactLength else { return count(base, length: word.count) }
    return withReadableCopy(of: base, length: word.count) { count($0, length: word.count) }
  }

  /// Adds a word that lies too near the end of its memory to be read sixteen bytes at a time.
  private func addCopy(of word: UnsafePointer<UInt8>, length: Int, count: Int) {
    withReadableCopy(of: word, length: length) { add($0, length: length, count: count) }
  }

  private func withReadableCopy<Value>(
    of word: UnsafePointer<UInt8>, length: Int, _ body: (UnsafePointer<UInt8>) -> Value
  ) -> Value {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: WordKey.exactLength) { buffer in
      buffer.initialize(repeating: 0)
      for i in 0..<length { buffer[i] = word[i] }
      // The buffer is not empty.
      return body(UnsafePointer(buffer.baseAddress ?? UnsafeMutablePointer(mutating: word)))
    }
  }

  @inline(__always)
  private func add(_ word: UnsafePointer<UInt8>, length: Int, count: Int) {
    let key = WordKey(word, length: length)
    let slot = slot(of: key, word)
    let found = slots[slot]
    if found == 0 {
      insert(key, slot, word, count)
    } else {
      entries[Int(truncatingIfNeeded: found & 0xFFFF_FFFF) - 1].count &+= count
    }
  }

  /// Where the word is, or where it would be.
  @inline(__always)
  private func slot(of key: WordKey, _ word: UnsafePointer<UInt8>) -> Int {
    let hash = key.hash
    let tag = hash & 0xFFFF_FFFF_0000_0000
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let found = slots[slot]
      if found == 0 { return slot }
      if found & 0xFFFF_FFFF_0000_0000 == tag {
        let entry = entries + (Int(truncatingIfNeeded: found & 0xFFFF_FFFF) - 1)
        if entry.pointee.low == key.low, entry.pointee.high == key.high,
          entry.pointee.length == key.length,
          key.length <= WordKey.exactLength
            || memcmp(text + entry.pointee.place, word, key.length) == 0
        {
          return slot
        }
      }
      slot = (slot + 1) & mask
    }
  }

  private func insert(
    _ key: WordKey, _ slot: Int, _ word: UnsafePointer<UInt8>, _ count: Int
  ) {
    precondition(wordCount < Self.largestWordCount, "more words than a table holds")
    if wordCount == entryCapacity {
      entryCapacity += max(entryCapacity / 2, 1 << 10)
      entries = Self.grown(entries, from: wordCount, to: entryCapacity)
    }
    if byteCount + key.length + WordKey.exactLength > textCapacity {
      textCapacity = max(textCapacity / 2 * 3, byteCount + key.length + WordKey.exactLength)
      text = Self.grown(text, from: byteCount, to: textCapacity)
    }
    (entries + wordCount).initialize(
      to: Entry(
        low: key.low, high: key.high, place: byteCount, length: key.length, count: count))
    (text + byteCount).update(from: word, count: key.length)
    byteCount += key.length
    wordCount += 1
    slots[slot] = key.hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: wordCount)
    if 2 * wordCount > mask { growSlots() }
  }

  private static func grown<Value>(
    _ old: UnsafeMutablePointer<Value>, from count: Int, to capacity: Int
  ) -> UnsafeMutablePointer<Value> {
    let new = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
    new.moveInitialize(from: old, count: count)
    old.deallocate()
    return new
  }

  private func growSlots() {
    slots.deallocate()
    mask = 2 * mask + 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: 0, count: mask + 1)
    for index in 0..<wordCount {
      let entry = entries[index]
      let hash = WordKey(low: entry.low, high: entry.high, length: entry.length).hash
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: index + 1)
    }
  }

  /// Adds all counts of `other`.
  func add(_ other: WordTable) {
    for index in 0..<other.wordCount {
      let entry = other.entries[index]
      add(
        other.text + entry.place, length: entry.length,
        readable: other.textCapacity - entry.place, count: entry.count)
    }
  }

  /// Calls `body` with each word, once, and its count, in the order in which they were first added.
  package func forEach(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) rethrows {
    for index in 0..<wordCount {
      let entry = entries[index]
      try body(
        UnsafeBufferPointer(start: text + entry.place, count: entry.length), entry.count)
    }
  }

  var sorted: any CountedWords { SortedWords(table: self) }

  /// Calls `body` with each word and its count, in the order of the words' bytes.
  func forEachSorted(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) rethrows {
    // The first eight bytes decide nearly every comparison.
    var order = (0..<wordCount).map { index in
      let entry = entries[index]
      var prefix: UInt64 = 0
      for i in 0..<8 {
        prefix = prefix << 8 | (i < entry.length ? UInt64(text[entry.place + i]) : 0)
      }
      return (prefix: prefix, index: UInt32(truncatingIfNeeded: index))
    }
    order.sort { a, b in
      if a.prefix != b.prefix { return a.prefix < b.prefix }
      let (left, right) = (entries[Int(a.index)], entries[Int(b.index)])
      let order = memcmp(
        text + left.place, text + right.place, min(left.length, right.length))
      return order == 0 ? left.length < right.length : order < 0
    }
    for item in order {
      let entry = entries[Int(item.index)]
      try body(
        UnsafeBufferPointer(start: text + entry.place, count: entry.length), entry.count)
    }
  }
}
