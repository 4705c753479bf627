import MLMText
import Testing

@Suite struct NormalizerTests {
  /// Source, NFC, NFD, NFKC, NFKD, in the manner of NormalizationTest.txt (Unicode 15.0); each row is
  /// derived from UnicodeData.txt.
  static let rows: [(String, String, String, String, String)] = [
    ("\u{1E0A}", "\u{1E0A}", "D\u{307}", "\u{1E0A}", "D\u{307}"),
    ("\u{1E0A}\u{323}", "\u{1E0C}\u{307}", "D\u{323}\u{307}", "\u{1E0C}\u{307}", "D\u{323}\u{307}"),
    ("\u{FB01}", "\u{FB01}", "\u{FB01}", "fi", "fi"),
    ("\u{337F}", "\u{337F}", "\u{337F}", "株式会社", "株式会社"),
    ("\u{212B}", "\u{C5}", "A\u{30A}", "\u{C5}", "A\u{30A}"),
    ("\u{1E9B}\u{323}", "\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}", "\u{1E69}", "s\u{323}\u{307}"),
    ("\u{AC01}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}"),
    (
      "\u{AC00}\u{11A8}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}", "\u{AC01}",
      "\u{1100}\u{1161}\u{11A8}"
    ),
    ("\u{958}", "\u{915}\u{93C}", "\u{915}\u{93C}", "\u{915}\u{93C}", "\u{915}\u{93C}"),
    ("\u{344}", "\u{308}\u{301}", "\u{308}\u{301}", "\u{308}\u{301}", "\u{308}\u{301}"),
    ("\u{CCB}", "\u{CCB}", "\u{CC6}\u{CC2}\u{CD5}", "\u{CCB}", "\u{CC6}\u{CC2}\u{CD5}"),
    ("\u{FF76}\u{FF9E}", "\u{FF76}\u{FF9E}", "\u{FF76}\u{FF9E}", "\u{30AC}", "\u{30AB}\u{3099}"),
    (
      "a\u{315}\u{300}\u{5AE}b", "\u{E0}\u{5AE}\u{315}b", "a\u{5AE}\u{300}\u{315}b",
      "\u{E0}\u{5AE}\u{315}b", "a\u{5AE}\u{300}\u{315}b"
    ),
    (
      "\u{1D15E}", "\u{1D157}\u{1D165}", "\u{1D157}\u{1D165}", "\u{1D157}\u{1D165}",
      "\u{1D157}\u{1D165}"
    ),
    (
      "\u{F73}\u{F71}", "\u{F71}\u{F71}\u{F72}", "\u{F71}\u{F71}\u{F72}", "\u{F71}\u{F71}\u{F72}",
      "\u{F71}\u{F71}\u{F72}"
    ),
  ]

  @Test(arguments: rows.indices) func formsAreThoseOfUnicode(_ index: Int) {
    let (source, nfc, nfd, nfkc, nfkd) = Self.rows[index]
    for (form, expected) in [
      (Normalizer.Form.nfc, nfc), (.nfd, nfd), (.nfkc, nfkc), (.nfkd, nfkd), (.none, source),
    ] {
      // Between other characters too: what is copied and what is rewritten must meet.
      let found = Normalizer(form: form).normalized("abc " + source + "xyz " + source)
      #expect(
        found == Array(("abc " + expected + "xyz " + expected).utf8), "\(form) of row \(index)")
    }
  }

  @Test func normalizedTextStaysAsItIs() {
    var generator = SeededGenerator(11)
    for _ in 0..<2_000 {
      let text = generator.text(pieces: 12)
      for form in Normalizer.Form.allCases {
        let normalizer = Normalizer(form: form)
        let once = normalizer.normalized(text)
        #expect(normalizer.normalized(once) == once, "\(form) of \(text.debugDescription)")
      }
    }
  }

  @Test func accentsAreStrippedWhateverTheForm() {
    for form in Normalizer.Form.allCases {
      let normalizer = Normalizer(form: form, stripsAccents: true)
      #expect(normalizer.normalized("Crème Brûlée ậ") == Array("Creme Brulee a".utf8), "\(form)")
    }
    // Hangul would fall into pieces if it were not composed again.
    #expect(
      Normalizer(form: .none, stripsAccents: true).normalized("각é") == Array("각e".utf8))
    let all = Normalizer(form: .nfkc, lowercases: true, stripsAccents: true)
    #expect(all.normalized("ﬁANCÉ") == Array("fiance".utf8))
  }

  /// Origins in tokenizers 0.23.3: NormalizedString(text) after NFKC, each slice [i:i+1].original.
  @Test func everyByteKnowsItsCharacter() {
    let (bytes, origins) = Normalizer(form: .nfkc).aligned(Array("aﬁe\u{301}x".utf8))
    #expect(bytes == Array("afi\u{e9}x".utf8))
    // The composed character stands for its first half alone, as in the reference.
    #expect(origins == [0..<1, 1..<4, 1..<4, 4..<5, 4..<5, 7..<8])
    let reordered = Normalizer(form: .nfkc).aligned(Array("x\u{301}\u{316}y".utf8))
    #expect(reordered.bytes == Array("x\u{316}\u{301}y".utf8))
    #expect(reordered.origins == [0..<1, 1..<3, 1..<3, 3..<5, 3..<5, 5..<6])
    let lower = Normalizer(form: .nfkc, lowercases: true).aligned(Array("Ãİb".utf8))
    #expect(lower.bytes == Array("ãi\u{307}b".utf8))
    #expect(lower.origins == [0..<2, 0..<2, 2..<4, 2..<4, 2..<4, 4..<5])
  }

  @Test func aMillionMarksTakeNoLongerThanTheyMust() {
    // Sorting these by exchanging neighbours would take 10^11 steps.
    let marks = Array(String(repeating: "\u{301}\u{323}", count: 250_000).utf8)
    let found = Normalizer.default.normalized(Array("a".utf8) + marks)
    let below = String(repeating: "\u{323}", count: 249_999)
    let above = String(repeating: "\u{301}", count: 250_000)
    #expect(found == Array(("\u{1EA1}" + below + above).utf8))
  }

  @Test func malformedBytesAreReplaced() {
    #expect(Normalizer.default.normalized([0x61, 0xFF, 0x62]) == Array("a\u{FFFD}b".utf8))
  }

  @Test func settingsAreToldFromTheSteps() {
    #expect(Normalizer.default.form == .nfkc)
    #expect(!Normalizer.default.lowercases && !Normalizer.default.stripsAccents)
    let other = Normalizer(form: .nfd, lowercases: true, stripsAccents: true)
    #expect(other.form == .nfd && other.lowercases && other.stripsAccents)
    #expect(Normalizer.unicodeVersion.split(separator: ".").count == 3)
  }
}
