import MLMText
import Testing

@Suite struct FertilityTests {
  private func tokenizer(_ model: String) throws -> Tokenizer {
    try Tokenizer(
      json: Array(
        """
        {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": \(model)}
        """.utf8), name: "test")
  }

  @Test func unknownAndFallbackTokensAreCounted() throws {
    let bytes = (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return "[\"<0x\(byte < 16 ? "0" : "")\(digits)>\", -20]"
    }.joined(separator: ",")
    let fallback = try tokenizer(
      """
      {"type": "Unigram", "unk_id": 0, "byte_fallback": true,
       "vocab": [["<unk>", 0], ["the", -1], ["re", -2], \(bytes)]}
      """)
    var fertility = Fertility(fallback)
    fertility.add(Array("the there дом".utf8))
    let rows = fertility.rows
    #expect(rows.map(\.script) == ["Latin", "Cyrillic"])
    #expect(rows[0].words == 2 && rows[0].tokens == 3 && rows[0].bytes == 8)
    #expect(rows[0].fallbackShare == 0 && rows[0].tokensPerWord == 1.5)
    #expect(rows[1].tokens == 6 && rows[1].fallbackShare == 1 && rows[1].bytesPerToken == 1)
    let unknown = try tokenizer(
      """
      {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "the": 1}}
      """)
    fertility = Fertility(unknown)
    fertility.add(Array("the there 12 ...".utf8))
    #expect(fertility.total.unknownTokens == 3 && fertility.total.words == 4)
    #expect(fertility.rows.map(\.script) == ["Latin", "Common"])
    #expect(fertility.rows[0].unknownShare == 0.5)
  }

  @Test(arguments: [
    ("word", "Latin"), ("слово", "Cyrillic"), ("漢字", "Han"), ("かな", "Hiragana"),
    ("カナ", "Katakana"), ("한국", "Hangul"), ("كلمة", "Arabic"), ("מילה", "Hebrew"),
    ("शब्द", "Devanagari"), ("คำ", "Thai"), ("ቃል", "Ethiopic"), ("λέξη", "Greek"),
    ("12%", "Common"), ("👍", "Common"), ("(слово)", "Cyrillic"), ("2nd", "Latin"),
  ])
  func aWordHasTheScriptOfItsFirstLetter(word: String, script: String) throws {
    let tokenizer = try tokenizer(
      """
      {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0}}
      """)
    var fertility = Fertility(tokenizer)
    fertility.add(Array(word.utf8))
    #expect(fertility.rows.map(\.script) == [script])
    #expect(fertility.total.tokens == 1 && fertility.total.bytes == word.utf8.count)
  }

  @Test func textWithoutWordsIsNothing() throws {
    var fertility = Fertility(
      try tokenizer(
        """
        {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0}}
        """))
    fertility.add([])
    fertility.add(Array(" \n\u{3000}".utf8))
    #expect(fertility.rows.isEmpty)
    #expect(fertility.total.tokensPerWord == 0 && fertility.total.bytesPerToken == 0)
  }

  @Test(arguments: [
    ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("👩‍🔬", 2), ("🇫🇮", 2), ("한", 2), ("☝️", 2), ("", 0),
    ("ｱ", 1),
  ])
  func textTakesTheColumnsThatATerminalGivesIt(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }
}
