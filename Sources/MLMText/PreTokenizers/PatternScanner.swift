/// Cuts text into pieces as the cl100k and o200k patterns do, without a regular-expression engine.
///
/// Every character belongs to exactly one piece, so the scanner only says where a piece ends. The
/// alternatives of the patterns are tried in their order.
struct PatternScanner {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private let pattern: KnownPattern
  private let properties = CharacterProperties.shared
  private let categories = GeneralCategories.shared

  private enum Class {
    static let other: UInt8 = 0
    static let letter: UInt8 = 1
    static let number: UInt8 = 2
    static let space: UInt8 = 3
  }

  /// Prepares to scan `count` bytes of valid UTF-8.
  init(_ base: UnsafePointer<UInt8>, count: Int, pattern: KnownPattern) {
    self.base = base
    self.count = count
    self.pattern = pattern
  }

  /// Returns the end of the piece that begins at `start`, which must lie before the end of the text.
  @inline(__always)
  func end(ofPieceAt start: Int) -> Int { quickEnd(ofPieceAt: start) ?? slowEnd(ofPieceAt: start) }

  /// The end of an ASCII word with or without a space before it, which most pieces are.
  @inline(__always)
  private func quickEnd(ofPieceAt start: Int) -> Int? {
    let first = base[start] == UInt8(ascii: " ") ? start + 1 : start
    guard first < count, (base[first] | 0x20) &- 0x61 < 26 else { return nil }
    if pattern.family == .o200k {
      // A capital at most, and small letters after it.
      var end = first + 1
      while end < count, base[end] &- 0x61 < 26 { end += 1 }
      guard end > first + 1 || base[first] >= 0x61, end < count, base[end] < 0x80,
        base[end] != UInt8(ascii: "'")
      else { return nil }
      return end
    }
    let end = ASCIIRun.endOfLetters(base, from: first + 1, count: count)
    return end == count || base[end] < 0x80 ? end : nil
  }

  private func slowEnd(ofPieceAt start: Int) -> Int {
    let isCased = pattern.family == .o200k
    if !isCased, let end = endOfContraction(at: start) { return end }
    let (kind, length) = classify(start)
    let next = start + length
    if isCased {
      if let end = endOfCasedWord(from: start, kind, next) {
        return endOfContraction(at: end) ?? end
      }
    } else if kind == Class.letter {
      return endOfRun(of: Class.letter, from: next)
    } else if kind != Class.number, !isLineEnd(start), next < count {
      let (following, followingLength) = classify(next)
      if following == Class.letter {
        return endOfRun(of: Class.letter, from: next + followingLength)
      }
    }
    if kind == Class.number {
      var end = next
      for _ in 1..<max(pattern.digits, 1) {
        guard end < count else { break }
        let (kind, length) = classify(end)
        guard kind == Class.number else { break }
        end += length
      }
      return end
    }
    var symbols = start
    if base[start] == UInt8(ascii: " ") { symbols = next }
    if symbols < count, classify(symbols).kind == Class.other {
      var end = endOfRun(of: Class.other, from: symbols)
      while end < count, isLineEnd(end) || isCased && base[end] == UInt8(ascii: "/") { end += 1 }
      return end
    }
    return endOfSpaces(from: start)
  }

  @inline(__always)
  private func classify(_ i: Int) -> (kind: UInt8, length: Int) {
    let byte = base[i]
    if byte < 0x80 { return (properties[UInt32(byte)] & CharacterProperties.Bits.classMask, 1) }
    let (scalar, length) = UTF8Scalar.decode(base + i)
    // A letter or a number is one whatever its other properties; marks are other characters here.
    return (properties[scalar] & CharacterProperties.Bits.classMask, length)
  }

  @inline(__always)
  private func isLineEnd(_ i: Int) -> Bool { base[i] == 0x0A || base[i] == 0x0D }

  @inline(__always)
  private func endOfRun(of kind: UInt8, from start: Int) -> Int {
    var i = start
    while i < count {
      let (next, length) = classify(i)
      guard next == kind else { return i }
      i += length
    }
    return i
  }

  /// A word with its leading character: capitals before small letters, or capitals alone.
  private func endOfCasedWord(from start: Int, _ kind: UInt8, _ next: Int) -> Int? {
    let canLead = kind != Class.letter && kind != Class.number && !isLineEnd(start)
    var capitalsEnd: Int?
    for first in canLead ? [next, start] : [start] where first < count {
      // Capitals and caseless letters as far as they go; where the last caseless one ends.
      var end = first
      var caselessEnd: Int?
      while end < count {
        let (scalar, length) = UTF8Scalar.decode(base + end)
        if categories.contains(scalar, [.caseless, .marks]) {
          caselessEnd = end + length
        } else if !categories.contains(scalar, .upper) {
          break
        }
        end += length
      }
      var smallEnd = end
      while smallEnd < count {
        let (scalar, length) = UTF8Scalar.decode(base + smallEnd)
        guard categories.contains(scalar, [.lower, .caseless, .marks]) else { break }
        smallEnd += length
      }
      if smallEnd > end { return smallEnd }
      if let caselessEnd { return caselessEnd }
      if end > first, capitalsEnd == nil { capitalsEnd = end }
    }
    return capitalsEnd
  }

  /// White space: up to its last line end; or to the end of the text; or all but the last one.
  private func endOfSpaces(from start: Int) -> Int {
    var i = start
    var last = start
    var lineEnd: Int?
    while i < count {
      let (kind, length) = classify(i)
      guard kind == Class.space else { break }
      last = i
      if isLineEnd(i) { lineEnd = i + 1 }
      i += length
    }
    if let lineEnd { return lineEnd }
    if i == count { return i }
    return last > start ? last : i
  }

  private func endOfContraction(at start: Int) -> Int? {
    guard start + 1 < count, base[start] == UInt8(ascii: "'") else { return nil }
    func letter(_ i: Int) -> UInt8 { i < count ? base[i] | 0x20 : 0 }
    switch letter(start + 1) {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return letter(start + 2) == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"):
      return letter(start + 2) == UInt8(ascii: "l") ? start + 3 : nil
    default: break
    }
    // U+017F, a long s, is an s whatever the case.
    if start + 2 < count, base[start + 1] == 0xC5, base[start + 2] == 0xBF { return start + 3 }
    return nil
  }
}
