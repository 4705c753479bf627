#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A token that is found in the text before anything else happens to it.
struct AddedToken: Hashable, Sendable {
  var id: Int32
  var content: [UInt8]
  /// Whether white space before it belongs to it.
  var takesSpaceBefore = false
  /// Whether white space after it belongs to it.
  var takesSpaceAfter = false
  /// Whether it is left out of decoded text.
  var isSpecial = true
}

/// Finds added tokens in raw text: the leftmost first, the longest where several begin.
struct AddedTokens: Sendable {
  /// In the order of their identifiers.
  let tokens: [AddedToken]
  private let longestFirst: [AddedToken]
  private let firstBytes: [Bool]
  private let onlyFirstByte: UInt8?

  init(_ tokens: [AddedToken]) {
    self.tokens = tokens.sorted { $0.id < $1.id }
    longestFirst = self.tokens.filter { !$0.content.isEmpty }.sorted {
      ($1.content.count, $0.id) < ($0.content.count, $1.id)
    }
    var firstBytes = [Bool](repeating: false, count: 256)
    for token in longestFirst { firstBytes[Int(token.content[0])] = true }
    self.firstBytes = firstBytes
    let distinct = Set(longestFirst.map { $0.content[0] })
    onlyFirstByte = distinct.count == 1 ? distinct.first : nil
  }

  /// Returns the next added token in `text` at or after `start`, without the white space it takes.
  func next(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (token: AddedToken, range: Range<Int>)? {
    guard let base = text.baseAddress, !longestFirst.isEmpty else { return nil }
    var i = start
    while i < text.count {
      if let byte = onlyFirstByte {
        guard let found = memchr(base + i, Int32(byte), text.count - i) else { return nil }
        i = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
      } else if !firstBytes[Int(base[i])] {
        i += 1
        continue
      }
      for token in longestFirst where token.content.count <= text.count - i {
        if token.content.withUnsafeBufferPointer({
          memcmp($0.baseAddress!, base + i, $0.count) == 0
        }) {
          return (token, i..<i + token.content.count)
        }
      }
      i += 1
    }
    return nil
  }

  /// Calls `piece` for each stretch of text, and for each added token with its identifier, in order.
  ///
  /// `text` must be valid UTF-8. An empty text has no pieces.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, _ piece: (_ range: Range<Int>, _ added: Int32?) -> Void
  ) {
    var done = 0
    var position = 0
    while let (token, range) = next(in: text, from: position) {
      var start = range.lowerBound
      var end = range.upperBound
      position = end
      if token.takesSpaceBefore { start = max(Self.spaceStart(text, before: start), done) }
      if token.takesSpaceAfter { end = Self.spaceEnd(text, after: end) }
      if done < start { piece(done..<start, nil) }
      piece(start..<end, token.id)
      done = end
    }
    if done < text.count { piece(done..<text.count, nil) }
  }

  private static func spaceStart(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
    var i = end
    while i > 0 {
      let range = text.characterRange(at: i - 1)
      guard text.isWhiteSpace(at: range.lowerBound) else { break }
      i = range.lowerBound
    }
    return i
  }

  private static func spaceEnd(_ text: UnsafeBufferPointer<UInt8>, after start: Int) -> Int {
    var i = start
    while i < text.count, text.isWhiteSpace(at: i) { i = text.characterRange(at: i).upperBound }
    return i
  }
}
