import MLMText
import Testing

@Suite struct DecoderTests {
  @Test func decodersEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.decoders)
  }

  /// What a decoder of a tokenizer.json makes of tokens; a second decoder ends each with a slash.
  private func decoded(_ decoder: String, _ tokens: String...) throws -> [String] {
    let vocabulary = Set(tokens).enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
    let json = """
      {"decoder":{"type":"Sequence","decoders":[\(decoder),
      {"type":"Replace","pattern":{"Regex":"$"},"content":"/"}]},
      "model":{"type":"WordLevel","unk_token":"\(tokens[0])","vocab":{\(vocabulary)}}}
      """
    let tokenizer = try Tokenizer(json: Array(json.utf8), name: "decoder")
    let ids = try tokens.map { try #require(tokenizer.id(ofToken: $0.utf8)) }
    let text = String(decoding: try tokenizer.decode(ids), as: UTF8.self)
    return text.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .map { String($0) }
  }

  @Test func repeatedSoundsAreOne() throws {
    let decoder =
      #"{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true}"#
    #expect(
      try decoded(decoder, "h", "h", "<pad>", "i", "|", "i", "<pad>", "i")
        == ["h", "i", " ", "i", "i"])
  }

  @Test func bytesMakeCharactersTogether() throws {
    let decoder = #"{"type":"ByteFallback"}"#
    #expect(try decoded(decoder, "a", "<0xC3>", "<0xA9>", "b") == ["a", "é", "b"])
    #expect(try decoded(decoder, "<0xC3>", "b", "<0x4") == ["\u{FFFD}", "b", "<0x4"])
  }

  @Test(arguments: [
    (#"{"type":"Strip","content":"ab","start":1,"stop":0}"#, "decoder.content"),
    (#"{"type":"Strip","content":"a","start":-1,"stop":0}"#, "decoder.start"),
    (#"{"type":"Fuse","more":1}"#, "decoder.more"),
    (#"{"type":"Sequence","decoders":[{"type":"Fuses"}]}"#, "decoder.decoders[0].type"),
    (#"{"type":"Replace","pattern":{"Regex":"("},"content":""}"#, "decoder.pattern.Regex"),
    (#"{"type":"WordPiece","cleanup":true}"#, "decoder"),
  ])
  func badDecodersHaveTheirPlace(_ decoder: String, _ place: String) throws {
    let reference = try #require(ComponentReference.shared)
    let document = try reference.document("tokens", ["decoder": decoder])
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(json: document, name: "file") }
    #expect(error?.place == place)
  }
}
