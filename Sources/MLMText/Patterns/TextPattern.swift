/// What a `Split` or a `Replace` looks for: a string or a regular expression.
enum TextPattern: Hashable, Sendable {
  case string([UInt8])
  case expression(RegularExpression)

  /// Calls `body` with each match, from left to right; `text` must be valid UTF-8.
  func forEachMatch(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    switch self {
    case .expression(let expression): expression.forEachMatch(in: text, body)
    case .string(let string):
      guard let base = text.baseAddress else { return }
      var start = 0
      if string.isEmpty {
        // An empty string is found before every character and at the end.
        while start < text.count {
          body(start..<start)
          start += UTF8Scalar.length(lead: base[start])
        }
        body(text.count..<text.count)
        return
      }
      while let place = text.firstPlace(of: string[0], from: start),
        place + string.count <= text.count
      {
        if text[place..<place + string.count].elementsEqual(string) {
          body(place..<place + string.count)
          start = place + string.count
        } else {
          start = place + 1
        }
      }
    }
  }
}
