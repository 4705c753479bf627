/// Takes the white space at both ends of tokens out of their offsets, as the `ByteLevel`
/// post-processor of Hugging Face does.
///
/// Of the byte-level alphabet only "Ġ", a space, counts as white space there; one space before a token
/// at the beginning stays, since it may be the inserted one.
enum OffsetTrimming {
  static func trim(
    _ encoding: inout Encoding, in text: UnsafeBufferPointer<UInt8>, vocabulary: Vocabulary,
    addsPrefixSpace: Bool
  ) {
    for i in encoding.ids.indices {
      guard let token = vocabulary[Int(encoding.ids[i])] else { continue }
      var leading = spaces(token)
      let trailing = trailingSpaces(token)
      guard leading > 0 || trailing > 0 else { continue }
      var start = encoding.offsets[i].lowerBound
      var end = encoding.offsets[i].upperBound
      if i == 0 || start == 0, addsPrefixSpace, leading == 1 { leading = 0 }
      for _ in 0..<leading where start < end {
        start = min(text.characterRange(at: start).upperBound, end)
      }
      for _ in 0..<trailing where end > start {
        end = max(text.characterRange(at: end - 1).lowerBound, start)
      }
      encoding.offsets[i] = start..<end
    }
  }

  /// "Ġ" is C4 A0 in UTF-8.
  private static func spaces(_ token: ArraySlice<UInt8>) -> Int {
    var count = 0
    var i = token.startIndex
    while i + 1 < token.endIndex, token[i] == 0xC4, token[i + 1] == 0xA0 {
      count += 1
      i += 2
    }
    return count
  }

  private static func trailingSpaces(_ token: ArraySlice<UInt8>) -> Int {
    var count = 0
    var i = token.endIndex
    while i - 2 >= token.startIndex, token[i - 2] == 0xC4, token[i - 1] == 0xA0 {
      count += 1
      i -= 2
    }
    return count
  }
}
