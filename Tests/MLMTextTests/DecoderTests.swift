import Testing

@testable import MLMText

@Suite struct DecoderTests {
  @Test func decodersEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.decoders)
  }

  private func decoded(_ decoder: Decoder, _ tokens: String...) -> [String] {
    decoder.decoded(tokens.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func repeatedSoundsAreOne() {
    let decoder = Decoder.ctc(
      padding: Array("<pad>".utf8), delimiter: Array("|".utf8), cleansUp: true)
    #expect(
      decoded(decoder, "h", "h", "<pad>", "i", "|", "i", "<pad>", "i") == ["h", "i", " ", "i", "i"])
  }

  @Test func bytesMakeCharactersTogether() {
    #expect(decoded(.byteFallback, "a", "<0xC3>", "<0xA9>", "b") == ["a", "é", "b"])
    #expect(decoded(.byteFallback, "<0xC3>", "b", "<0x4") == ["\u{FFFD}", "b", "<0x4"])
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
