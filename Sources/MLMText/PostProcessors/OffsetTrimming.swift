/// Takes the white space at both ends of tokens out of their offsets, as the `ByteLevel`
/// post-processor of Hugging Face does.
///
/// Of the byte-level alphabet only "Ġ", a space, counts as white space there, while an added token is
/// looked at as it stands in the text. One space before a token at the beginning stays, since it may be
/// the inserted one.
enum OffsetTrimming {
  static func trim(
    _ encoding: inout Encoding, in text: UnsafeBufferPointer<UInt8>, vocabulary: Vocabulary,
    addedTokens: Set<Int32>, addsPrefixSpace: Bool
  ) {
    for i in encoding.ids.indices {
      let id = encoding.ids[i]
      var start = encoding.offsets[i].lowerBound
      var end = encoding.offsets[i].upperBound
      let isAdded = addedTokens.contains(id)
      var (leading, trailing) =
        isAdded ? spaces(in: text, start, end) : spaces(vocabulary[Int(id)] ?? [])
      guard leading > 0 || trailing > 0 else { continue }
      if i == 0 || start == 0, addsPrefixSpace, leading == 1 { leading = 0 }
      while leading > 0, start < end {
        start = min(text.characterRange(at: start).upperBound, end)
        leading -= 1
      }
      while trailing > 0, end > start {
        end = max(text.characterRange(at: end - 1).lowerBound, start)
        trailing -= 1
      }
      encoding.offsets[i] = start..<end
    }
  }

  /// How many "Ġ", C4 A0 in UTF-8, are at the two ends of a vocabulary string.
  private static func spaces(_ token: ArraySlice<UInt8>) -> (leading: Int, trailing: Int) {
    var leading = token.startIndex
    while leading + 1 < token.endIndex, token[leading] == 0xC4, token[leading + 1] == 0xA0 {
      leading += 2
    }
    var trailing = token.endIndex
    while trailing - 2 >= token.startIndex, token[trailing - 2] == 0xC4, token[trailing - 1] == 0xA0
    {
      trailing -= 2
    }
    return ((leading - token.startIndex) / 2, (token.endIndex - trailing) / 2)
  }

  /// How many white-space characters are at the two ends of a stretch of text.
  private static func spaces(
    in text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> (leading: Int, trailing: Int) {
    var leading = 0
    var i = start
    while i < end, text.isWhiteSpace(at: i) {
      leading += 1
      i = text.characterRange(at: i).upperBound
    }
    var trailing = 0
    i = end
    while i > start {
      i = text.characterRange(at: i - 1).lowerBound
      guard text.isWhiteSpace(at: i) else { break }
      trailing += 1
    }
    return (leading, trailing)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a white-space character begins at `index`, in valid UTF-8.
  func isWhiteSpace(at index: Int) -> Bool {
    guard let baseAddress, index < count else { return false }
    return CharacterProperties.isWhiteSpace(UTF8Scalar.decode(baseAddress + index).scalar)
  }
}
