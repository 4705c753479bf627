/// The strings of a vocabulary, found by identifier and by bytes.
///
/// Strings are bytes and compare as bytes: canonically equal spellings are different tokens.
struct Vocabulary: Sendable {
  private let text: [UInt8]
  private let ends: [Int]
  private let slots: [Int32]
  /// Whether each identifier has a token; empty where all have.
  private let isPresent: [Bool]
  /// Whether each token is found by its bytes; empty where all are.
  private let isFindable: [Bool]

  /// One more than the highest identifier.
  var count: Int { ends.count }

  /// Creates a vocabulary of `tokens` in the order of their identifiers.
  ///
  /// Of equal tokens the first is found. An identifier whose token is nil has none; tokens that the
  /// model does not have are not found by their bytes.
  init(_ tokens: [ArraySlice<UInt8>?], isFindable: [Bool]) {
    self.init(
      tokens.map { $0 ?? [] },
      isPresent: tokens.contains { $0 == nil } ? tokens.map { $0 != nil } : [],
      isFindable: isFindable.allSatisfy { $0 } ? [] : isFindable)
  }

  /// Creates a vocabulary of `tokens` in the order of their identifiers.
  ///
  /// Of equal tokens the first is found.
  init(
    _ tokens: some Collection<some Collection<UInt8>>, isPresent: [Bool] = [],
    isFindable: [Bool] = []
  ) {
    var text: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(tokens.count)
    for token in tokens {
      text.append(contentsOf: token)
      ends.append(text.count)
    }
    var slotCount = 16
    while slotCount < 2 * ends.count { slotCount *= 2 }
    var slots = [Int32](repeating: -1, count: slotCount)
    text.withUnsafeBufferPointer { text in
      for id in ends.indices
      where (isPresent.isEmpty || isPresent[id]) && (isFindable.isEmpty || isFindable[id]) {
        let start = id == 0 ? 0 : ends[id - 1]
        let bytes = UnsafeBufferPointer(rebasing: text[start..<ends[id]])
        var slot = Self.hash(bytes) & (slotCount - 1)
        var isNew = true
        while slots[slot] >= 0, isNew {
          let other = Int(slots[slot])
          let otherStart = other == 0 ? 0 : ends[other - 1]
          if text[otherStart..<ends[other]].elementsEqual(bytes) { isNew = false }
          slot = (slot + 1) & (slotCount - 1)
        }
        if isNew { slots[slot] = Int32(id) }
      }
    }
    self.text = text
    self.ends = ends
    self.slots = slots
    self.isPresent = isPresent
    self.isFindable = isFindable
  }

  /// Returns the string of the token `id`, or nil if there is none.
  subscript(id: Int) -> ArraySlice<UInt8>? {
    guard id >= 0, id < ends.count, isPresent.isEmpty || isPresent[id] else { return nil }
    return text[(id == 0 ? 0 : ends[id - 1])..<ends[id]]
  }

  /// Whether the token `id` is found by its bytes.
  func isFindable(_ id: Int) -> Bool {
    (isPresent.isEmpty || isPresent[id]) && (isFindable.isEmpty || isFindable[id])
  }

  /// Returns the identifier of the token `bytes`.
  func id(of bytes: some Sequence<UInt8>) -> Int? {
    if let found = bytes.withContiguousStorageIfAvailable({ id(of: $0) }) { return found }
    return Array(bytes).withUnsafeBufferPointer { id(of: $0) }
  }

  /// Returns the identifier of the token `bytes`.
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = Self.hash(bytes) & (slots.count - 1)
    while slots[slot] >= 0 {
      let id = Int(slots[slot])
      if let token = self[id], token.count == bytes.count, token.elementsEqual(bytes) { return id }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Calls `body` with what gives the bytes of a token quickly.
  func withTokens<Result>(
    _ body: ((Int) -> UnsafeBufferPointer<UInt8>?) -> Result
  ) -> Result {
    text.withUnsafeBufferPointer { text in
      ends.withUnsafeBufferPointer { ends in
        body { id in
          guard id >= 0, id < ends.count, isPresent.isEmpty || isPresent[id] else { return nil }
          return UnsafeBufferPointer(rebasing: text[(id == 0 ? 0 : ends[id - 1])..<ends[id]])
        }
      }
    }
  }

  /// FNV-1a, 64 bits; tokens are short and asked for rarely.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
