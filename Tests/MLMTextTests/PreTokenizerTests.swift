import MLMText
import Testing

@Suite struct PreTokenizerTests {
  @Test func stepsEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.preTokenizers)
  }

  /// The pieces that a step of a tokenizer.json cuts, each of which is one unknown word to the model.
  private func pieces(_ text: String, _ step: String) throws -> [String] {
    let json = """
      {"pre_tokenizer":\(step),"model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0}}}
      """
    let tokenizer = try Tokenizer(json: Array(json.utf8), name: "step")
    let bytes = Array(text.utf8)
    return tokenizer.encode(text).offsets.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test func behaviorsOfAMatch() throws {
    // The definitions: what happens to the two hyphens of "a-b-".
    for (behavior, expected) in [
      ("Removed", ["a", "b"]), ("Isolated", ["a", "-", "b", "-"]),
      ("MergedWithPrevious", ["a-", "b-"]), ("MergedWithNext", ["a", "-b", "-"]),
      ("Contiguous", ["a", "-", "b", "-"]),
    ] {
      let step = #"{"type":"Punctuation","behavior":"\#(behavior)"}"#
      #expect(try pieces("a-b-", step) == expected, "\(behavior)")
    }
    let contiguous = #"{"type":"Punctuation","behavior":"Contiguous"}"#
    #expect(try pieces("a--b", contiguous) == ["a", "--", "b"])
  }

  @Test func linesEndWords() throws {
    #expect(try pieces("a\nb c", #"{"type":"Whitespace"}"#) == ["a", "b", "c"])
    #expect(try pieces("a\n\nb", #"{"type":"WhitespaceSplit"}"#) == ["a", "b"])
    #expect(try pieces("a\nb", #"{"type":"BertPreTokenizer"}"#) == ["a", "b"])
    #expect(try pieces("a\nb", #"{"type":"CharDelimiterSplit","delimiter":"\n"}"#) == ["a", "b"])
  }

  @Test func charactersStayWhole() throws {
    #expect(try pieces("éé漢字x", #"{"type":"FixedLength","length":2}"#) == ["éé", "漢字", "x"])
    let digits = #"{"type":"Digits","individual_digits":true}"#
    #expect(try pieces("1２½", digits) == ["1", "２", "½"])
    let numbers = #"{"type":"Digits","individual_digits":false}"#
    #expect(try pieces("1２½a", numbers) == ["1２½", "a"])
  }
}
