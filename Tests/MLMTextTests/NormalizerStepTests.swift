import Testing

@testable import MLMText

@Suite struct NormalizerStepTests {
  @Test func stepsEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.normalizers)
  }

  private func normalized(_ text: String, _ steps: NormalizerStep...) -> String {
    let normalizer = Normalizer(steps: steps.map { Normalizer.Step($0) })
    return String(decoding: normalizer.normalized(text), as: UTF8.self)
  }

  @Test func linesAreOrdinaryCharacters() {
    // U+000A cannot stand in a line of the comparison; by the definitions of the steps:
    #expect(normalized("\na\n", .strip(left: true, right: true)) == "a")
    #expect(normalized("a\nb", .nmt) == "a b")
    #expect(normalized("a\nb", .bert(NormalizerStep.BERT())) == "a b")
    #expect(normalized("a\nb", .byteLevel) == "aĊb")
    #expect(normalized("a\nb", .lowercase, .stripAccents) == "a\nb")
  }

  @Test func stripsAccentsWithLowercasingUnlessToldOtherwise() {
    var bert = NormalizerStep.BERT()
    #expect(normalized("É", .bert(bert)) == "e")
    bert.stripsAccents = false
    #expect(normalized("É", .bert(bert)) == "é")
    bert.lowercases = false
    bert.stripsAccents = nil
    #expect(normalized("É", .bert(bert)) == "É")
    bert.stripsAccents = true
    #expect(normalized("É", .bert(bert)) == "E")
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

  @Test func originsGoThroughEveryStep() {
    let normalizer = Normalizer(
      steps: [
        .strip(left: true, right: true), .replace(.string(Array("ab".utf8)), by: Array("x".utf8)),
        .form(.nfkd),
      ]
      .map { Normalizer.Step($0) })
    // U+FB01 is bytes 4 to 6: both letters come from it, and "x" from the last character of "ab".
    let (bytes, origins) = normalizer.aligned(Array(" ab\u{FB01} ".utf8))
    #expect(bytes == Array("xfi".utf8))
    #expect(origins == [2..<3, 3..<6, 3..<6])
  }
}
