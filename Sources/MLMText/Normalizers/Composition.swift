import CUTF8Proc

/// Canonical and compatibility decomposition, and the canonical composition of two code points.
///
/// utf8proc composes whole buffers only and says nothing about where a character came from; offsets
/// need the single steps, so the pairs are read from its data once.
struct Composition: Sendable {
  static let shared = Composition()

  /// The longest decomposition of one code point: U+FDFA has 18.
  static let longestDecomposition = 32

  private let keys: [UInt64]
  private let results: [UInt32]
  /// The code points that may join one before them.
  let seconds: Set<UInt32>

  private static let slotCount = 1 << 12
  private static let empty = UInt64.max

  private init() {
    var keys = [UInt64](repeating: Self.empty, count: Self.slotCount)
    var results = [UInt32](repeating: 0, count: Self.slotCount)
    var seconds = Set<UInt32>()
    var used = 0
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * Self.longestDecomposition) { area in
      guard let whole = area.baseAddress else { return }
      let prefix = whole + Self.longestDecomposition
      for scalar in Self.assignedRanges.joined() {
        guard Self.hasDecomposition(scalar), !Hangul.isSyllable(scalar) else { continue }
        let length = Self.decompose(scalar, compatibly: false, into: whole)
        guard length >= 2 else { continue }
        // A primary composite is what its decomposition composes to; its first half is what all
        // but the last code point compose to.
        let second = UInt32(bitPattern: whole[length - 1])
        for i in 0..<length - 1 { prefix[i] = whole[i] }
        guard Self.compose(whole, length) == scalar else { continue }
        guard let first = Self.compose(prefix, length - 1) else { continue }
        used += 1
        precondition(
          used < Self.slotCount / 2, "more composition pairs than the table was made for")
        var slot = Self.slot(first, second)
        while keys[slot] != Self.empty { slot = (slot + 1) % Self.slotCount }
        keys[slot] = Self.key(first, second)
        results[slot] = scalar
        seconds.insert(second)
      }
    }
    seconds.formUnion(Hangul.vowels)
    seconds.formUnion(Hangul.trailing)
    self.keys = keys
    self.results = results
    self.seconds = seconds
  }

  /// Returns the primary composite of two code points, if there is one.
  func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let syllable = Hangul.composed(first, second) { return syllable }
    var slot = Self.slot(first, second)
    let key = Self.key(first, second)
    while keys[slot] != Self.empty {
      if keys[slot] == key { return results[slot] }
      slot = (slot + 1) % Self.slotCount
    }
    return nil
  }

  /// Writes the full decomposition of `scalar` and returns its length.
  @inline(__always)
  static func decompose(
    _ scalar: UInt32, compatibly: Bool, into target: UnsafeMutablePointer<Int32>
  ) -> Int {
    var boundary: Int32 = 0
    let options = UTF8PROC_DECOMPOSE.rawValue | (compatibly ? UTF8PROC_COMPAT.rawValue : 0)
    let length = utf8proc_decompose_char(
      Int32(bitPattern: scalar), target, utf8proc_ssize_t(longestDecomposition),
      utf8proc_option_t(rawValue: options), &boundary)
    guard length > 0, length <= longestDecomposition else {
      target[0] = Int32(bitPattern: scalar)
      return 1
    }
    return Int(length)
  }

  /// Returns the canonical combining class of `scalar`.
  @inline(__always)
  static func combiningClass(_ scalar: UInt32) -> UInt8 {
    UInt8(
      truncatingIfNeeded: utf8proc_get_property(Int32(bitPattern: scalar)).pointee.combining_class)
  }

  /// Where assigned characters with properties of interest are, in whole blocks of 128.
  static let assignedRanges: [Range<UInt32>] = [0..<0xD800, 0xF900..<0x34000, 0xE0000..<0xE0200]

  /// Whether `scalar` has any decomposition; a cheap test before the real one.
  static func hasDecomposition(_ scalar: UInt32) -> Bool {
    utf8proc_get_property(Int32(bitPattern: scalar)).pointee.decomp_seqindex != UInt16.max
  }

  /// Returns the one code point that the buffer composes to, or nil if it composes to several.
  private static func compose(_ scalars: UnsafeMutablePointer<Int32>, _ length: Int) -> UInt32? {
    let options = utf8proc_option_t(
      rawValue: UTF8PROC_COMPOSE.rawValue | UTF8PROC_STABLE.rawValue)
    guard utf8proc_normalize_utf32(scalars, utf8proc_ssize_t(length), options) == 1 else {
      return nil
    }
    return UInt32(bitPattern: scalars[0])
  }

  private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }

  private static func slot(_ first: UInt32, _ second: UInt32) -> Int {
    let mixed = key(first, second) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 52)
  }
}

/// The arithmetic of Hangul syllables (Unicode 15.0, section 3.12).
enum Hangul {
  static let vowels: ClosedRange<UInt32> = 0x1161...0x1175
  static let trailing: ClosedRange<UInt32> = 0x11A8...0x11C2

  static func isSyllable(_ scalar: UInt32) -> Bool { (0xAC00...0xD7A3).contains(scalar) }

  static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if vowels.contains(second), (0x1100...0x1112).contains(first) {
      return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
    }
    if trailing.contains(second), isSyllable(first), (first - 0xAC00) % 28 == 0 {
      return first + (second - 0x11A7)
    }
    return nil
  }
}
