import MLMText
import Testing

@Suite struct RegularExpressionTests {
  private func matches(_ source: String, _ text: String) throws -> [String] {
    let expression = try RegularExpression(Array(source.utf8))
    var text = text
    return text.withUTF8 { utf8 in
      var found: [String] = []
      expression.forEachMatch(in: utf8) {
        found.append(String(decoding: utf8[$0], as: UTF8.self))
      }
      return found
    }
  }

  /// Oniguruma's reading of an expression, where PCRE2 has another; as its documentation (RE, syntax
  /// of Ruby) says.
  @Test(arguments: [
    (#"(?m:a.b)"#, "a\nb", ["a\nb"]),  // m: a dot matches U+000A
    (#"a.b"#, "a\nb", []),
    (#"^."#, "ab\ncd", ["a", "c"]),  // always about lines
    (#"\h+"#, "x1Fg", ["1F"]),  // hexadecimal digits
    (#"[\h]+"#, "x1Fg", ["1F"]),
    (#"\w+"#, "é_1-²", ["é_1", "²"]),
    (#"\s+"#, "a\u{85}\u{3000}b", ["\u{85}\u{3000}"]),
    (#"\u00e9"#, "café", ["é"]),
    (#"\p{Letter}+"#, "ab1", ["ab"]),
    (#"\p{^L}+"#, "ab12", ["12"]),
    (#"\P{L}+"#, "ab12", ["12"]),
    (#"\bé\b"#, "é éa", ["é"]),
    (#"x*"#, "axb", ["", "x", ""]),
    (#"[^(\s|[.,])]+"#, "ab.c d(e", ["ab", "c", "d", "e"]),  // a set inside a set
    (#"(?i)a(?-i:ss)B"#, "Assb", ["Assb"]),
    (#"(?i:'s|'ll)ss"#, "'LLss", ["'LLss"]),
    (#"(?i:k)"#, "K\u{212A}", ["K", "\u{212A}"]),  // the sign for kelvin
  ])
  func oniguruma(_ source: String, _ text: String, _ expected: [String]) throws {
    #expect(try matches(source, text) == expected)
  }

  @Test(arguments: [
    "(?i)ss", "(?i:first)", "(?i)[ß]", "(?i)(?-i:a)ﬁ", "(a(?i)b)(?i:Ss)", "(", "[a", "a{2}+",
    "[a&&b]", "[a[^b]]", "[a-[b]]", "[[a]-z]", #"[\W]"#, "(?~a)", #"\u12"#, "\\",
  ])
  func whatCannotBeRunIsRefused(_ source: String) {
    #expect(throws: RegularExpression.Failure.self) { try RegularExpression(Array(source.utf8)) }
  }

  @Test(.timeLimit(.minutes(1)))
  func aCatastrophicExpressionEndsAndIsReported() throws {
    // 2^60 ways to cut the letters.
    let split = #"{"type":"Split","pattern":{"Regex":"(a|aa)+$x|(a+)+b"},"behavior":"Isolated"}"#
    let json = """
      {"pre_tokenizer":\(split),
      "model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0}}}
      """
    let tokenizer = try Tokenizer(json: Array(json.utf8), name: "steps")
    _ = tokenizer.encode("aab b")
    #expect(!tokenizer.exceededStepLimit)
    let start = ContinuousClock.now
    #expect(tokenizer.encode(String(repeating: "a", count: 60)).ids == [0])
    #expect(tokenizer.exceededStepLimit)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
