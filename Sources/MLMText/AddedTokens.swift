/// A token that is found in the text before the model sees it.
struct AddedToken: Hashable, Sendable {
  var id: Int32
  var content: [UInt8]
  /// Whether white space before it belongs to it.
  var takesSpaceBefore = false
  /// Whether white space after it belongs to it.
  var takesSpaceAfter = false
  /// Whether it is left out of decoded text.
  var isSpecial = true
  /// Whether it counts only where no word character is next to it.
  var isSingleWord = false
  /// Whether it is looked for in the normalized text, in its normalized form.
  var isNormalized = false
}

/// Finds added tokens in a text: the leftmost first, the longest where several begin.
struct AddedTokens: Sendable {
  /// In the order of their identifiers.
  let tokens: [AddedToken]
  private let search: TokenSearch
  private let firstBytes: [Bool]
  private let onlyFirstByte: UInt8?

  /// Takes tokens in any order; `spelling` says how each stands in the text.
  init(_ tokens: [AddedToken], spelling: (AddedToken) -> [UInt8] = \.content) {
    self.tokens = tokens.sorted { $0.id < $1.id }
    let spellings = self.tokens.map(spelling)
    search = TokenSearch(Vocabulary(spellings))
    var firstBytes = [Bool](repeating: false, count: 256)
    for spelling in spellings { if let first = spelling.first { firstBytes[Int(first)] = true } }
    self.firstBytes = firstBytes
    let distinct = Set(spellings.compactMap(\.first))
    onlyFirstByte = distinct.count == 1 ? distinct.first : nil
  }

  /// Whether there is nothing to find.
  var isEmpty: Bool { tokens.isEmpty }

  /// Returns the next added token in `text` at or after `start`, without the white space it takes.
  func next(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (token: AddedToken, range: Range<Int>)? {
    guard !tokens.isEmpty else { return nil }
    let found = search.first(in: text, from: start) { place in
      if let byte = onlyFirstByte { return text.firstPlace(of: byte, from: place) }
      return text[place...].firstIndex { firstBytes[Int($0)] }
    }
    return found.map { (tokens[Int($0.id)], $0.range) }
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
      if token.isSingleWord, text.isWord(before: start) || text.isWord(at: end) { continue }
      if token.takesSpaceBefore { start = max(Self.spaceStart(text, before: start), done) }
      // The token before may have taken the white space that this one consists of.
      end = max(end, start)
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
