extension PieceText {
  /// Runs of word characters, and runs of others that are no white space: `\w+|[^\w\s]+`.
  static func words(
    in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    guard let base = text.baseAddress else { return }
    let categories = GeneralCategories.shared
    /// 0 white space, 1 a word, 2 neither.
    func kind(_ scalar: UInt32) -> Int {
      if categories.isWord(scalar) { return 1 }
      return CharacterProperties.isWhiteSpace(scalar) ? 0 : 2
    }
    var start = range.lowerBound
    var current = 0
    var i = range.lowerBound
    while i < range.upperBound {
      let (scalar, length) = UTF8Scalar.decode(base + i)
      let next = kind(scalar)
      if next != current {
        if current != 0 { body(start..<i) }
        start = i
        current = next
      }
      i += length
    }
    if current != 0 { body(start..<i) }
  }

  /// Stretches of `length` characters; the last may be shorter.
  static func chunks(
    of length: Int, in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
    _ body: (Range<Int>) -> Void
  ) {
    var start = range.lowerBound
    var count = 0
    var i = range.lowerBound
    while i < range.upperBound {
      i += UTF8Scalar.length(lead: text[i])
      count += 1
      if count == length {
        body(start..<i)
        start = i
        count = 0
      }
    }
    if start < i { body(start..<i) }
  }
}

extension KnownPattern {
  /// Calls `body` with each piece of `text`; together they are all of it.
  package func forEachPiece(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    guard let base = text.baseAddress else { return }
    var start = 0
    if family == .gpt2 {
      let scanner = WordScanner(base, count: text.count)
      while start < text.count {
        let end = scanner.end(ofWordAt: start)
        body(start..<end)
        start = end
      }
      return
    }
    let scanner = PatternScanner(base, count: text.count, pattern: self)
    while start < text.count {
      let end = scanner.end(ofPieceAt: start)
      body(start..<end)
      start = end
    }
  }
}
