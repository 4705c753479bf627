import MLMText
import Testing

@Suite struct NormalizerStepTests {
  @Test func stepsEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.normalizers)
  }

  /// The normalizer of some steps, as a tokenizer.json has them.
  private func normalizer(_ steps: [String]) throws -> Normalizer {
    let json = """
      {"normalizer":{"type":"Sequence","normalizers":[\(steps.joined(separator: ","))]},
      "model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0}}}
      """
    return try Tokenizer(json: Array(json.utf8), name: "steps").normalizer
  }

  private func normalized(_ text: String, _ steps: String...) throws -> String {
    String(decoding: try normalizer(steps).normalized(text), as: UTF8.self)
  }

  @Test func linesAreOrdinaryCharacters() throws {
    // U+000A cannot stand in a line of the comparison; by the definitions of the steps:
    let strip = #"{"type":"Strip","strip_left":true,"strip_right":true}"#
    #expect(try normalized("\na\n", strip) == "a")
    #expect(try normalized("a\nb", #"{"type":"Nmt"}"#) == "a b")
    #expect(try normalized("a\nb", #"{"type":"BertNormalizer"}"#) == "a b")
    #expect(try normalized("a\nb", #"{"type":"ByteLevel"}"#) == "aĊb")
    #expect(
      try normalized("a\nb", #"{"type":"Lowercase"}"#, #"{"type":"StripAccents"}"#) == "a\nb")
  }

  @Test func stripsAccentsWithLowercasingUnlessToldOtherwise() throws {
    for (switches, expected) in [
      ("", "e"), (#","strip_accents":false"#, "é"), (#","lowercase":false"#, "É"),
      (#","lowercase":false,"strip_accents":null"#, "É"),
      (#","lowercase":false,"strip_accents":true"#, "E"),
    ] {
      let bert = #"{"type":"BertNormalizer"\#(switches)}"#
      #expect(try normalized("É", bert) == expected, "\(bert)")
    }
  }

  /// Rows of our own in the manner of NormalizationTest.txt, by the rules of Unicode Standard Annex
  /// 15: decomposition, order of marks, Hangul, exclusions, compatibility.
  @Test(arguments: [
    // source, NFC, NFD, NFKC, NFKD
    ("\u{1E0A}\u{323}", "\u{1E0C}\u{307}", "D\u{323}\u{307}", "\u{1E0C}\u{307}", "D\u{323}\u{307}"),
    ("\u{AC01}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}"),
    (
      "\u{AC00}\u{11A8}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}", "\u{AC01}",
      "\u{1100}\u{1161}\u{11A8}"
    ),
    ("\u{212B}", "\u{C5}", "A\u{30A}", "\u{C5}", "A\u{30A}"),
    ("\u{FB01}", "\u{FB01}", "\u{FB01}", "fi", "fi"),
    ("\u{1E9B}\u{323}", "\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}", "\u{1E69}", "s\u{323}\u{307}"),
    ("\u{958}", "\u{915}\u{93C}", "\u{915}\u{93C}", "\u{915}\u{93C}", "\u{915}\u{93C}"),
    (
      "a\u{315}\u{300}\u{5AE}", "\u{E0}\u{5AE}\u{315}", "a\u{5AE}\u{300}\u{315}",
      "\u{E0}\u{5AE}\u{315}", "a\u{5AE}\u{300}\u{315}"
    ),
    ("\u{2460}\u{FF21}", "\u{2460}\u{FF21}", "\u{2460}\u{FF21}", "1A", "1A"),
    ("x", "x", "x", "x", "x"),
  ])
  func rowsOfTheForms(
    _ source: String, _ nfc: String, _ nfd: String, _ nfkc: String, _ nfkd: String
  ) {
    for (form, expected) in [
      (Normalizer.Form.nfc, nfc), (.nfd, nfd), (.nfkc, nfkc), (.nfkd, nfkd),
    ] {
      #expect(
        Normalizer(form: form).normalized(source) == Array(expected.utf8), "\(form) of \(source)")
    }
  }

  @Test func originsGoThroughEveryStep() throws {
    let normalizer = try normalizer([
      #"{"type":"Strip","strip_left":true,"strip_right":true}"#,
      #"{"type":"Replace","pattern":{"String":"ab"},"content":"x"}"#, #"{"type":"NFKD"}"#,
    ])
    // U+FB01 is bytes 4 to 6: both letters come from it, and "x" from the last character of "ab".
    let (bytes, origins) = normalizer.aligned(Array(" ab\u{FB01} ".utf8))
    #expect(bytes == Array("xfi".utf8))
    #expect(origins == [2..<3, 3..<6, 3..<6])
  }
}
