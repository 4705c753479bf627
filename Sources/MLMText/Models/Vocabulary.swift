/// The strings of a vocabulary, found by identifier and by bytes.
///
/// Strings are bytes and compare as bytes: canonically equal spellings are different tokens.
package struct Vocabulary: Sendable {
  /// Where a token stands in the text of all of them.
  private struct Place: Sendable {
    var start: UInt32 = 0
    /// The number of bytes, or -1 where an identifier has no token.
    var count: Int32 = -1
  }

  private var text: [UInt8] = []
  private var places: [Place] = []
  /// Identifiers plus one below the upper halves of hashes; 0 is no entry.
  ///
  /// An entry that is not the one wanted is passed over without looking at its bytes.
  private var slots: [UInt64] = []
  /// Whether each token is found by its bytes; empty where all are.
  private var findable: [Bool] = []
  /// The first identifier whose token is also that of a lower one, if there is any.
  private(set) var repeatedID: Int?

  /// One more than the highest identifier.
  var count: Int { places.count }

  /// All tokens in the order of their identifiers, empty where an identifier has none.
  var tokens: [[UInt8]] { (0..<count).map { self[$0].map(Array.init) ?? [] } }

  /// Creates a vocabulary of `tokens` in the order of their identifiers.
  ///
  /// Of equal tokens the first is found.
  package init(_ tokens: some Collection<some Collection<UInt8>>) {
    self.init()
    for (id, token) in tokens.enumerated() { add(token, id: id) }
    makeFindable()
  }

  /// Creates an empty vocabulary, to be added to; nothing in it is found before `makeFindable`.
  init() {}

  /// Makes room for `count` tokens of so many bytes together.
  mutating func reserve(_ count: Int, byteCount: Int) {
    places.reserveCapacity(count)
    text.reserveCapacity(byteCount)
  }

  /// Gives `id`, which has no token yet, one.
  mutating func add(_ token: some Collection<UInt8>, id: Int, isFindable: Bool = true) {
    if id == places.count {
      places.append(Place())
      if !findable.isEmpty { findable.append(true) }
    } else if id > places.count {
      places += repeatElement(Place(), count: id + 1 - places.count)
      if !findable.isEmpty { findable += repeatElement(true, count: id + 1 - findable.count) }
    }
    places[id] = Place(
      start: UInt32(truncatingIfNeeded: text.count), count: Int32(truncatingIfNeeded: token.count))
    text.append(contentsOf: token)
    guard !isFindable else { return }
    if findable.isEmpty { findable = [Bool](repeating: true, count: places.count) }
    findable[id] = false
  }

  /// Where tokens are found by their bytes.
  struct Index {
    fileprivate var slots: [UInt64]
    fileprivate var repeatedID: Int?
  }

  /// Enters all tokens where they are found by their bytes.
  mutating func makeFindable() { makeFindable(by: index()) }

  /// Finds tokens by an index that was made of them.
  mutating func makeFindable(by index: Index) {
    slots = index.slots
    repeatedID = index.repeatedID
  }

  /// Makes the index of all tokens.
  func index() -> Index {
    var slotCount = 16
    while slotCount < 2 * places.count { slotCount *= 2 }
    var slots = [UInt64](repeating: 0, count: slotCount)
    var repeatedID: Int?
    withTokens { token in
      slots.withUnsafeMutableBufferPointer { slots in
        for id in 0..<places.count where findable.isEmpty || findable[id] {
          guard let bytes = token(id) else { continue }
          let hash = ByteHash.hash(bytes)
          var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
          var isNew = true
          while slots[slot] != 0, isNew {
            if slots[slot] >> 32 == hash >> 32,
              let other = token(Int(slots[slot] & 0xFFFF_FFFF) - 1), other.equals(bytes)
            {
              isNew = false
              repeatedID = repeatedID ?? id
            }
            slot = (slot + 1) & (slotCount - 1)
          }
          if isNew { slots[slot] = hash & ~0xFFFF_FFFF | UInt64(id + 1) }
        }
      }
    }
    return Index(slots: slots, repeatedID: repeatedID)
  }

  /// Returns the string of the token `id`, or nil if there is none.
  subscript(id: Int) -> ArraySlice<UInt8>? {
    guard id >= 0, id < places.count, places[id].count >= 0 else { return nil }
    return text[Int(places[id].start)..<Int(places[id].start) + Int(places[id].count)]
  }

  /// Whether there is a token `id`.
  @inline(__always)
  func hasToken(_ id: Int) -> Bool { id >= 0 && id < places.count && places[id].count >= 0 }

  /// Whether the token `id` is found by its bytes.
  func isFindable(_ id: Int) -> Bool {
    places[id].count >= 0 && (findable.isEmpty || findable[id])
  }

  /// Returns the identifier of the token `bytes`.
  package func id(of bytes: some Sequence<UInt8>) -> Int? {
    if let found = bytes.withContiguousStorageIfAvailable({ id(of: $0) }) { return found }
    return Array(bytes).withUnsafeBufferPointer { id(of: $0) }
  }

  /// Returns the identifier of the token `bytes`.
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let hash = ByteHash.hash(bytes)
    return text.withUnsafeBufferPointer { text in
      slots.withUnsafeBufferPointer { slots in
        let mask = slots.count - 1
        guard mask >= 0 else { return nil }
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
          if slots[slot] >> 32 == hash >> 32 {
            let id = Int(slots[slot] & 0xFFFF_FFFF) - 1
            if Self.token(places[id], text).equals(bytes) { return id }
          }
          slot = (slot + 1) & mask
        }
        return nil
      }
    }
  }

  /// Puts the identifier of each of `tokens`, or -1, in the same place of `ids`.
  ///
  /// The table and the strings are larger than the caches: memory for all is asked for before any of
  /// it is waited for.
  func find(
    _ tokens: UnsafeBufferPointer<UnsafeBufferPointer<UInt8>>,
    into ids: UnsafeMutableBufferPointer<Int32>
  ) {
    slots.withUnsafeBufferPointer { slots in
      let mask = slots.count - 1
      for i in tokens.indices {
        guard mask >= 0 else {
          ids[i] = -1
          continue
        }
        let hash = ByteHash.hash(tokens[i])
        let slot = slots[Int(truncatingIfNeeded: hash) & mask]
        // No entry has 0, which becomes -1.
        ids[i] = slot >> 32 == hash >> 32 ? Int32(truncatingIfNeeded: slot) - 1 : -1
      }
    }
    withTokens { token in
      for i in tokens.indices {
        if ids[i] >= 0, let found = token(Int(ids[i])), found.equals(tokens[i]) { continue }
        ids[i] = Int32(id(of: tokens[i]) ?? -1)
      }
    }
  }

  /// Whether `first` and `second`, one after the other, are the token `id`, and that token is found by
  /// its bytes.
  ///
  /// For a vocabulary in which no token is there twice.
  func isFound(
    _ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>, at id: Int
  ) -> Bool {
    guard repeatedID == nil, id >= 0, id < places.count, isFindable(id),
      Int(places[id].count) == first.count + second.count
    else { return false }
    return text.withUnsafeBufferPointer {
      let token = Self.token(places[id], $0)
      return UnsafeBufferPointer(rebasing: token[..<first.count]).equals(first)
        && UnsafeBufferPointer(rebasing: token[first.count...]).equals(second)
    }
  }

  /// Calls `body` with what gives the bytes of a token quickly.
  func withTokens<Result>(
    _ body: ((Int) -> UnsafeBufferPointer<UInt8>?) -> Result
  ) -> Result {
    text.withUnsafeBufferPointer { text in
      places.withUnsafeBufferPointer { places in
        body { id in
          guard id >= 0, id < places.count, places[id].count >= 0 else { return nil }
          return Self.token(places[id], text)
        }
      }
    }
  }

  @inline(__always)
  private static func token(
    _ place: Place, _ text: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8> {
    let start = Int(place.start)
    return UnsafeBufferPointer(rebasing: text[start..<start + Int(place.count)])
  }
}
