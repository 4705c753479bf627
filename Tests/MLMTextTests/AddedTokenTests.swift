import Testing

@testable import MLMText

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
