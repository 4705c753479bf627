import MLMText
import Testing

@Suite struct AddedTokenTests {
  @Test func switchesWorkAsInTheLibrary() throws {
    try ComponentReference.check(\.addedTokens)
  }

  /// A vocabulary of words with one added token.
  private func tokenizer(_ added: String, normalizer: String = "null") throws -> Tokenizer {
    let json = """
      {"added_tokens":[\(added)],"normalizer":\(normalizer),
      "model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0}}}
      """
    return try Tokenizer(json: Array(json.utf8), name: "added")
  }

  @Test func theLeftmostAndLongestIsFound() throws {
    let tokenizer = try tokenizer(
      #"{"id":1,"content":"ab"},{"id":2,"content":"abc"},{"id":3,"content":"bcd"}"#)
    #expect(tokenizer.encode("abcd").ids == [2, 0])
    #expect(tokenizer.encode("xbcdab").ids == [0, 3, 1])
    #expect(tokenizer.encode("xbcdab").offsets == [0..<1, 1..<4, 4..<6])
  }

  /// All pairs of tokens of up to four letters, in all texts of up to seven.
  @Test func allTokensAreFoundAsByLooking() {
    func words(_ longest: Int) -> [[UInt8]] {
      var all: [[UInt8]] = []
      var last: [[UInt8]] = [[]]
      for _ in 0..<longest {
        last = last.flatMap { [$0 + [97], $0 + [98]] }
        all += last
      }
      return all
    }
    let texts = words(7)
    for first in words(4) {
      for second in words(4) where first != second {
        let tokens = [first, second, [97, 98, 97]]
        let search = TokenSearch(Vocabulary(tokens))
        for text in texts {
          let expected = text.indices.lazy.compactMap { start in
            tokens.indices.filter { text[start...].starts(with: tokens[$0]) }
              .max { tokens[$0].count < tokens[$1].count }
              .map { start..<start + tokens[$0].count }
          }.first
          let found = text.withUnsafeBufferPointer { search.first(in: $0, from: 0) { $0 } }
          #expect(found?.range == expected)
        }
      }
    }
  }

  @Test func longTokensTakeNoLongerThanShortOnes() throws {
    let token = String(repeating: "a", count: 60_000)
    let tokenizer = try tokenizer(#"{"id":1,"content":"\#(token)b"}"#)
    // By trying every place it would be 3.6 thousand million steps.
    #expect(tokenizer.encode(token + token).ids == [0])
  }

  @Test func whiteSpaceThatIsTakenIsNoTokenAnyMore() throws {
    let tokenizer = try tokenizer(
      #"{"id":1,"content":"x","rstrip":true},{"id":2,"content":" ","lstrip":true}"#)
    #expect(tokenizer.encode("ax  b").offsets.last == 4..<5)
  }

  @Test func aNormalizedTokenIsSpelledAsItIsFound() throws {
    let tokenizer = try tokenizer(
      #"{"id":1,"content":"AB","normalized":true,"special":true}"#,
      normalizer: #"{"type":"Lowercase"}"#)
    #expect(tokenizer.encode("xaB").ids == [0, 1])
    #expect(tokenizer.token(1) == Array("ab".utf8))
    #expect(tokenizer.id(ofToken: "AB".utf8) == 1)
    // Decoding goes by the spelling, and "ab" is no special token: so does the library.
    #expect(try tokenizer.decode([1]) == Array("ab".utf8))
  }
}
