/// Cuts text into words as GPT-2's pattern does, without a regular-expression engine.
///
/// The pattern is `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
/// Every character belongs to exactly one word, so the scanner only says where a word ends.
package struct WordScanner {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private let properties = CharacterProperties.shared

  private enum Class {
    static let other: UInt8 = 0
    static let letter: UInt8 = 1
    static let space: UInt8 = 3
  }

  /// Prepares to scan `count` bytes of valid UTF-8.
  init(_ base: UnsafePointer<UInt8>, count: Int) {
    self.base = base
    self.count = count
  }

  /// Returns the words of `text`, which must be valid UTF-8.
  package static func words(in text: [UInt8]) -> [Range<Int>] {
    text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      let scanner = WordScanner(base, count: buffer.count)
      var words: [Range<Int>] = []
      var start = 0
      while start < buffer.count {
        let end = scanner.end(ofWordAt: start)
        words.append(start..<end)
        start = end
      }
      return words
    }
  }

  /// Returns the end of the word that begins at `start`, which must lie before the end of the text.
  @inline(__always)
  func end(ofWordAt start: Int) -> Int {
    let first = base[start]
    if first == UInt8(ascii: " ") {
      let next = start + 1
      guard next < count else { return count }
      let (kind, length) = classify(next)
      if kind == Class.space { return endOfSpaces(from: start) }
      return endOfRun(of: kind, from: next + length)
    }
    if first == UInt8(ascii: "'"), let end = endOfContraction(at: start) { return end }
    let (kind, length) = classify(start)
    if kind == Class.space { return endOfSpaces(from: start) }
    return endOfRun(of: kind, from: start + length)
  }

  @inline(__always)
  private func classify(_ i: Int) -> (kind: UInt8, length: Int) {
    let byte = base[i]
    if byte < 0x80 { return (properties[UInt32(byte)] & CharacterProperties.Bits.classMask, 1) }
    let (scalar, length) = UTF8Scalar.decode(base + i)
    return (properties[scalar] & CharacterProperties.Bits.classMask, length)
  }

  @inline(__always)
  private func endOfRun(of kind: UInt8, from start: Int) -> Int {
    var i = start
    if kind == Class.letter {
      while true {
        i = ASCIIRun.endOfLetters(base, from: i, count: count)
        guard i < count, base[i] >= 0x80 else { return i }
        let (next, length) = classify(i)
        guard next == kind else { return i }
        i += length
        // Letters of other scripts come in runs, too.
        while i < count, base[i] >= 0x80 {
          let (next, length) = classify(i)
          guard next == kind else { return i }
          i += length
        }
      }
    }
    while i < count {
      let (next, length) = classify(i)
      guard next == kind else { return i }
      i += length
    }
    return i
  }

  /// All white space up to the end of the text, or all but the last one before another character.
  private func endOfSpaces(from start: Int) -> Int {
    var i = start
    var last = start
    while i < count {
      let (kind, length) = classify(i)
      guard kind == Class.space else { return last > start ? last : i }
      last = i
      i += length
    }
    return i
  }

  private func endOfContraction(at start: Int) -> Int? {
    guard start + 1 < count else { return nil }
    switch base[start + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return start + 2 < count && base[start + 2] == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"):
      return start + 2 < count && base[start + 2] == UInt8(ascii: "l") ? start + 3 : nil
    default: return nil
    }
  }
}
