import MLMText
import Testing

@Suite struct OffsetUnitTests {
  private static let texts = [
    "", "plain words", "line\r\nline\r\n", "\r\r\n\n", "naïve Straße", "e\u{301}\u{323}te\u{301}",
    "\u{301}alone", "👩‍🔬 at work 👨‍👩‍👧‍👦!", "🇫🇮🇸🇪🇪 flags", "👍🏽☝️", "한국어 \u{1112}\u{1161}\u{11AB}",
    "नमस्ते दुनिया", "a\u{200D}b", "日本語のテキスト", "\u{10FFFF}x", "\u{FEFF}mark",
  ]

  /// Where each scalar begins and ends, in bytes.
  private static func scalarEdges(_ text: String) -> [Int] {
    var edges = [0]
    for scalar in text.unicodeScalars { edges.append(edges[edges.count - 1] + scalar.utf8.count) }
    return edges
  }

  @Test(arguments: OffsetUnit.allCases, texts)
  func everyRangeCountsWhatStringCounts(unit: OffsetUnit, text: String) {
    let converter = OffsetConverter(text, to: unit)
    let edges = Self.scalarEdges(text)
    for lower in edges {
      for upper in edges where upper >= lower {
        #expect(converter.range(lower..<upper) == Self.expected(text, lower..<upper, unit))
      }
    }
  }

  /// The units that share a byte with a range, counted with the views of `String`.
  private static func expected(_ text: String, _ range: Range<Int>, _ unit: OffsetUnit) -> Range<
    Int
  > {
    var parts: [Int] = []
    switch unit {
    case .bytes: return range
    case .scalars: parts = text.unicodeScalars.map(\.utf8.count)
    case .characters: parts = text.map(\.utf8.count)
    case .utf16:
      // Half of the four bytes for each half of a pair; ranges end at scalars.
      parts = text.unicodeScalars.flatMap { $0.utf16.count == 2 ? [2, 2] : [$0.utf8.count] }
    }
    var starts = [0]
    for part in parts { starts.append(starts[starts.count - 1] + part) }
    let lower = starts.lastIndex { $0 <= range.lowerBound } ?? 0
    guard !range.isEmpty else { return lower..<lower }
    return lower..<(starts.firstIndex { $0 >= range.upperBound } ?? parts.count)
  }

  @Test func malformedBytesCountAsTheirReplacements() {
    // Two sequences, each U+FFFD of three bytes, one scalar.
    let bytes: [UInt8] = [0x61, 0xFF, 0xE3, 0x81, 0x62]
    #expect(UTF8Repair.repaired(bytes).bytes.count == 8)
    for unit in [OffsetUnit.scalars, .utf16, .characters] {
      let converter = OffsetConverter(utf8: bytes, to: unit)
      #expect(converter.count == 4)
      #expect(converter.range(1..<4) == 1..<2)
      #expect(converter.range(4..<7) == 2..<3)
      #expect(converter.range(7..<8) == 3..<4)
    }
    #expect(OffsetConverter(utf8: bytes, to: .bytes).count == 8)
  }

  @Test func rangesInsideAUnitGetAllOfIt() {
    let family = OffsetConverter("x👩‍🔬y", to: .characters)
    #expect(family.range(1..<5) == 1..<2)
    #expect(family.range(5..<8) == 1..<2)
    #expect(family.range(8..<12) == 1..<2)
    #expect(family.range(12..<13) == 2..<3)
    let emoji = OffsetConverter("x👍y", to: .utf16)
    #expect(emoji.range(2..<3) == 1..<3)
    #expect(emoji.range(0..<2) == 0..<3)
    #expect(emoji.range(5..<6) == 3..<4)
  }

  @Test func rangesBeyondTheTextAreCut() {
    for text in ["abc", "äöü"] {
      for unit in OffsetUnit.allCases {
        let converter = OffsetConverter(text, to: unit)
        #expect(converter.range(100..<200).isEmpty)
        #expect(converter.range(0..<100) == 0..<converter.count)
      }
    }
  }

  @Test func encodingsAndInputsAreConverted() throws {
    let tokenizer = try Tokenizer(json: Array(Self.document.utf8), name: "test")
    let (first, second) = ("née 👍 née", "👍 née")
    let encoding = tokenizer.encode(first)
    #expect(encoding.offsets == [0..<0, 0..<4, 5..<9, 10..<14, 0..<0])
    #expect(encoding.offsets(in: .scalars, of: first) == [0..<0, 0..<3, 4..<5, 6..<9, 0..<0])
    #expect(encoding.offsets(in: .utf16, of: first) == [0..<0, 0..<3, 4..<6, 7..<10, 0..<0])
    let input = try tokenizer.input(first, second)
      .convertingOffsets(to: .utf16, of: first, second)
    #expect(input.textIndices == [-1, 0, 0, 0, -1, 1, 1, -1])
    #expect(
      input.offsets == [0..<0, 0..<3, 4..<6, 7..<10, 0..<0, 0..<2, 3..<6, 0..<0])
    var short = tokenizer
    short.truncation = Truncation(maximumLength: 3)
    let cut = try short.input(first).convertingOffsets(to: .scalars, of: first)
    #expect(cut.offsets == [0..<0, 0..<3, 0..<0])
    #expect(cut.overflowing.map { $0.offsets[1] } == [4..<5, 6..<9])
  }

  @Test func batchesHaveTheOffsetsOfSingleTexts() throws {
    let tokenizer = try Tokenizer(json: Array(Self.document.utf8), name: "test")
    let texts = (0..<100).map { String(repeating: "née 👍 ", count: $0) }
    let single = texts.map { tokenizer.encode($0) }
    #expect(tokenizer.encodings(of: texts, threads: 3) == single)
    #expect(tokenizer.encodings(ofUTF8: texts.map { Array($0.utf8) }, threads: 3) == single)
  }

  /// Words and two special tokens.
  static let document = """
    {"added_tokens": [
       {"id": 0, "content": "[CLS]", "special": true, "normalized": false},
       {"id": 1, "content": "[SEP]", "special": true, "normalized": false}],
     "pre_tokenizer": {"type": "WhitespaceSplit"},
     "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 1], "cls": ["[CLS]", 0]},
     "model": {"type": "WordLevel", "unk_token": "[UNK]",
       "vocab": {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "née": 3, "👍": 4}}}
    """
}
