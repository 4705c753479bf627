import MLMText
import Testing

@Suite struct TokenizerTests {
  let tokenizer: Tokenizer

  init() throws {
    let reference = try #require(TokenizerReference.shared)
    tokenizer = try Tokenizer(json: Array(reference.tokenizer.utf8), name: "reference")
  }

  @Test func specialTokensHaveTheirPlaces() throws {
    #expect(tokenizer.paddingID == 0 && tokenizer.unknownID == 1)
    #expect(tokenizer.startID == 2 && tokenizer.endID == 3 && tokenizer.maskID == 4)
    #expect(tokenizer.specialTokens == SpecialTokens())
    #expect((0..<5).allSatisfy { tokenizer.isSpecial($0) })
    #expect(!tokenizer.isSpecial(5) && !tokenizer.isSpecial(-1) && !tokenizer.isSpecial(.max))
    #expect(tokenizer.token(4) == Array("[MASK]".utf8))
    #expect(tokenizer.token(5) == Array("!".utf8))
    #expect(tokenizer.token(-1) == nil)
    #expect(tokenizer.token(Int32(tokenizer.vocabularySize)) == nil)
    #expect(tokenizer.id(ofToken: "Ġ".utf8) == tokenizer.encode(" a ").ids.dropLast().last)
    #expect(tokenizer.id(ofToken: "no such token".utf8) == nil)
  }

  @Test func emptyTextIsOnlySpecialTokens() {
    #expect(tokenizer.encode("").ids == [2, 3])
    #expect(tokenizer.encode("", addingSpecialTokens: false).ids.isEmpty)
  }

  @Test func decodedTextIsTheNormalizedText() throws {
    var generator = SeededGenerator(5)
    for _ in 0..<3_000 {
      let text = generator.text(pieces: 12).replacing("[", with: "(")
      let normalized = tokenizer.normalizer.normalized(text)
      let decoded = try tokenizer.decode(tokenizer.encode(text).ids)
      let space = Array(" ".utf8)
      #expect(
        decoded == normalized || decoded == space + normalized, "\(text.debugDescription)")
    }
  }

  @Test func specialTokensAreDecodedOnDemand() throws {
    let ids = tokenizer.encode("the [MASK] was").ids
    #expect(try tokenizer.decode(ids) == Array(" the was".utf8))
    #expect(
      try tokenizer.decode(ids, skippingSpecialTokens: false)
        == Array("[CLS] the[MASK] was[SEP]".utf8))
  }

  @Test func anUnknownIdentifierIsAnError() {
    for id in [Int32(-1), Int32(tokenizer.vocabularySize), .max, .min] {
      #expect(throws: TokenizerError.self) { try tokenizer.decode([5, id]) }
    }
  }

  @Test func offsetsCoverTheTextInOrder() throws {
    var generator = SeededGenerator(6)
    for _ in 0..<2_000 {
      let text = generator.text(pieces: 12)
      let encoding = tokenizer.encode(text, addingSpecialTokens: false)
      #expect(encoding.ids.count == encoding.offsets.count)
      var last = 0
      for range in encoding.offsets {
        #expect(range.lowerBound >= last && range.upperBound <= text.utf8.count)
        last = range.lowerBound
      }
    }
  }

  @Test func anyBytesAreEncoded() throws {
    var generator = SeededGenerator(7)
    for _ in 0..<3_000 {
      let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let repaired = UTF8Repair.repaired(bytes).bytes
      let found = bytes.withUnsafeBufferPointer { tokenizer.encode(utf8: $0) }
      let expected = repaired.withUnsafeBufferPointer { tokenizer.encode(utf8: $0) }
      #expect(found == expected)
      var ids: [Int32] = []
      bytes.withUnsafeBufferPointer {
        tokenizer.encodeIDs(utf8: $0, addingSpecialTokens: true, into: &ids)
      }
      #expect(ids == found.ids)
    }
  }

  @Test func veryLongWordsAreMergedAsShortOnesAre() throws {
    // Merging works within 48 bytes by one method and beyond by another; a run of one letter has
    // the same merges everywhere but at its end.
    let merges = tokenizer.encode(String(repeating: "-", count: 4096), addingSpecialTokens: false)
    #expect(try tokenizer.decode(merges.ids).count == 4097)
    let million = String(repeating: "ab", count: 1_000_000)
    let clock = ContinuousClock()
    var ids: [Int32] = []
    let time = clock.measure { ids = tokenizer.encode(million).ids }
    #expect(try tokenizer.decode(ids).count == 2_000_001)
    // Quadratic work would take hours.
    #expect(time < .seconds(60))
  }

  @Test func threadsShareATokenizer() async throws {
    let tokenizer = tokenizer
    var generator = SeededGenerator(8)
    let texts = (0..<400).map { _ in generator.text(pieces: 10) }
    let expected = texts.map { tokenizer.encode($0) }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask { zip(texts, expected).allSatisfy { tokenizer.encode($0) == $1 } }
      }
      for await same in group { #expect(same) }
    }
  }

  @Test func moreWordsThanTheCacheHoldsChangeNothing() {
    // The cache starts afresh after 65,536 words.
    let first = tokenizer.encode("the harbour was quiet")
    for part in 0..<4 {
      let words = (0..<30_000).map { "w\(part)x\($0)" }.joined(separator: " ")
      _ = tokenizer.encode(words)
    }
    #expect(tokenizer.encode("the harbour was quiet") == first)
  }
}
