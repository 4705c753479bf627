/// Says between which characters of a word no merge ever reaches over, so that the parts of a long
/// word can be merged, and remembered, one by one.
///
/// The first merge over a place would join a token that ends with the character before it and one that
/// begins with the character after it. Where no merge is of such tokens there is none. Most tokenizers
/// that leave spaces in their words have no token with a space, or its mark, inside.
struct CharacterJoints: Sendable {
  /// The pairs that merges reach over, one bit each; more bits than that may be set.
  private let bits: [UInt64]
  private let shift: UInt32

  /// Looks at the merges of a model; nil where the tokens of a part depend on what is around it.
  init?(
    _ vocabulary: Vocabulary, _ merges: [BytePairModel.Merge],
    _ settings: CharacterPairModel.Settings, unknownID: Int32?, byteIDs: [Int32]
  ) {
    guard settings.prefix == nil, settings.suffix == nil, !settings.ignoresMerges,
      (settings.dropout ?? 0) == 0
    else { return nil }
    // What has no token at all is not counted in the ranges of what follows.
    let spellsBytes = settings.fallsBackToBytes && byteIDs.allSatisfy { $0 >= 0 }
    guard unknownID != nil || spellsBytes else { return nil }
    var others = Set(settings.fallsBackToBytes ? byteIDs : [])
    if let unknownID { others.insert(unknownID) }
    var bitCount: UInt32 = 12
    while 1 << bitCount < 64 * merges.count, bitCount < 22 { bitCount += 1 }
    let shift = 32 - bitCount
    var bits = [UInt64](repeating: 0, count: 1 << Int(bitCount - 6))
    let areSpelled = vocabulary.withTokens { token in
      for merge in merges {
        // These do not stand for the characters that they are spelled with.
        if others.contains(merge.left) || others.contains(merge.right) { return false }
        guard let left = token(Int(merge.left)), let right = token(Int(merge.right)),
          let start = right.baseAddress, let leftStart = left.baseAddress, !left.isEmpty,
          !right.isEmpty
        else { return false }
        let last = left.characterRange(at: left.count - 1).lowerBound
        let place = Self.place(
          UTF8Scalar.decode(leftStart + last).scalar, UTF8Scalar.decode(start).scalar, shift)
        bits[place >> 6] |= 1 << UInt64(place & 63)
      }
      return true
    }
    guard areSpelled else { return nil }
    self.bits = bits
    self.shift = shift
  }

  @inline(__always)
  private static func place(_ left: UInt32, _ right: UInt32, _ shift: UInt32) -> Int {
    Int(((left &* 0x9E37_79B1 ^ right &* 0x85EB_CA77) &* 0xC2B2_AE3D) >> shift)
  }

  /// Returns the end of the part of `word`, valid UTF-8, that begins at `start`.
  ///
  /// `ids` has the token of each character, or -1. Parts end between characters that have one: what is
  /// unknown may be one token with its neighbours.
  func endOfPart(
    of word: UnsafeBufferPointer<UInt8>, from start: Int, _ ids: CharacterIDs
  ) -> Int {
    guard let base = word.baseAddress, start < word.count else { return word.count }
    return bits.withUnsafeBufferPointer { bits in
      var (left, length) = UTF8Scalar.decode(base + start)
      var isKnown = ids[left] >= 0
      var i = start + length
      while i < word.count {
        let (right, length) = UTF8Scalar.decode(base + i)
        let isNextKnown = ids[right] >= 0
        let place = Self.place(left, right, shift)
        if isKnown, isNextKnown, bits[place >> 6] >> UInt64(place & 63) & 1 == 0 { return i }
        (left, isKnown) = (right, isNextKnown)
        i += length
      }
      return word.count
    }
  }
}

/// The tokens that are one character below U+10000 each.
struct CharacterIDs: Sendable {
  private let ids: [Int32]

  init(_ vocabulary: Vocabulary) {
    var ids = [Int32](repeating: -1, count: 1 << 16)
    vocabulary.withTokens { token in
      for id in 0..<vocabulary.count where vocabulary.isFindable(id) {
        guard let bytes = token(id), let base = bytes.baseAddress, (1...3).contains(bytes.count),
          UTF8Scalar.length(lead: bytes[0]) == bytes.count
        else { continue }
        let (scalar, _) = UTF8Scalar.decode(base)
        if ids[Int(scalar)] < 0 { ids[Int(scalar)] = Int32(id) }
      }
    }
    self.ids = ids
  }

  /// The token of `scalar`, or -1.
  @inline(__always)
  subscript(scalar: UInt32) -> Int32 { scalar < 1 << 16 ? ids[Int(scalar)] : -1 }
}
