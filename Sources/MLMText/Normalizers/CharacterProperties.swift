import CUTF8Proc

/// What the scanners ask about a code point, one byte each, in a table built once from utf8proc.
struct CharacterProperties: Sendable {
  /// The bits of an entry.
  enum Bits {
    /// 0 other, 1 letter, 2 number, 3 white space.
    static let classMask: UInt8 = 0b11
    static let changesNFD: UInt8 = 1 << 2
    static let changesNFC: UInt8 = 1 << 3
    static let changesNFKD: UInt8 = 1 << 4
    static let changesNFKC: UInt8 = 1 << 5
    static let nonStarter: UInt8 = 1 << 6
    static let changesLowercase: UInt8 = 1 << 7
  }

  static let shared = CharacterProperties()

  private let table: CodePointTable

  /// Returns the bits of `scalar`, which must be at most U+10FFFF.
  @inline(__always)
  subscript(scalar: UInt32) -> UInt8 {
    table[scalar]
  }

  private init() {
    let composition = Composition.shared
    var isSecond = [Bool](repeating: false, count: Int(composition.seconds.max() ?? 0) + 1)
    for scalar in composition.seconds { isSecond[Int(scalar)] = true }
    table = isSecond.withUnsafeBufferPointer { isSecond in
      CodePointTable(over: Composition.assignedRanges) {
        Self.bits(of: $0, composition, isSecond)
      }
    }
  }

  /// Returns whether `scalar` is a mark (general category Mn, Mc or Me).
  static func isMark(_ scalar: UInt32) -> Bool {
    switch utf8proc_category(Int32(bitPattern: scalar)) {
    case UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_MC, UTF8PROC_CATEGORY_ME: true
    default: false
    }
  }

  /// Returns whether `scalar` has the property White_Space, which is what `\s` means here.
  static func isWhiteSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
      0x3000:
      true
    default: false
    }
  }

  private static func bits(
    of scalar: UInt32, _ composition: Composition, _ isSecond: UnsafeBufferPointer<Bool>
  ) -> UInt8 {
    // Asked for once: this is most of the time it takes to make the table.
    guard let property = utf8proc_get_property(Int32(bitPattern: scalar))?.pointee else { return 0 }
    var bits: UInt8
    switch utf8proc_category_t(rawValue: .init(property.category)) {
    case UTF8PROC_CATEGORY_CN, UTF8PROC_CATEGORY_CO, UTF8PROC_CATEGORY_CS: return 0
    case UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LL, UTF8PROC_CATEGORY_LT, UTF8PROC_CATEGORY_LM,
      UTF8PROC_CATEGORY_LO:
      bits = 1
    case UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NL, UTF8PROC_CATEGORY_NO: bits = 2
    default: bits = isWhiteSpace(scalar) ? 3 : 0
    }
    if property.combining_class != 0 { bits |= Bits.nonStarter }
    if property.lowercase_seqindex != UInt16.max, Lowercase.changes(scalar) {
      bits |= Bits.changesLowercase
    }

    // Such a code point may join the one before it, so it is never passed over.
    if scalar < isSecond.count, isSecond[Int(scalar)] {
      bits |= Bits.changesNFC | Bits.changesNFKC
    }
    // Both decompositions of a syllable are the same, and compose to it.
    if Hangul.isSyllable(scalar) { return bits | Bits.changesNFD | Bits.changesNFKD }
    guard property.decomp_seqindex != UInt16.max else { return bits }
    let length = Composition.longestDecomposition
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * length) {
      guard let compatible = $0.baseAddress else { return }
      let canonical = compatible + length
      let same = Int32(bitPattern: scalar)
      let compatibleCount = Composition.decompose(scalar, compatibly: true, into: compatible)
      if compatibleCount == 1, compatible[0] == same { return }
      bits |= Bits.changesNFKD
      let count = Composition.decompose(scalar, compatibly: false, into: canonical)
      if count == 1, canonical[0] == same {
        bits |= Bits.changesNFKC
        return
      }
      bits |= Bits.changesNFD
      var composed: UInt32? = UInt32(bitPattern: canonical[0])
      for i in 1..<max(count, 1) {
        guard let first = composed else { break }
        composed = composition.composed(first, UInt32(bitPattern: canonical[i]))
      }
      if composed != scalar {
        bits |= Bits.changesNFC | Bits.changesNFKC
        return
      }
      // What composes again canonically can still differ compatibly (U+1E9B, for example).
      if compatibleCount != count
        || (0..<count).contains(where: { compatible[$0] != canonical[$0] })
      {
        bits |= Bits.changesNFKC
      }
    }
    return bits
  }
}
