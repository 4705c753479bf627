import Foundation
import MLMCommand
import Testing

@Suite struct TokenizerShowTests {
  /// Words with their marks, two special tokens and one for all else.
  static let document = """
    {"added_tokens": [
       {"id": 0, "content": "[CLS]", "special": true, "normalized": false},
       {"id": 1, "content": "[SEP]", "special": true, "normalized": false}],
     "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
       {"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Isolated"}]},
     "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 1], "cls": ["[CLS]", 0]},
     "model": {"type": "WordLevel", "unk_token": "[UNK]",
       "vocab": {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "née": 3, "👩‍🔬": 4, "!": 5}}}
    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.document, to: "t.json")
    return scratch
  }

  private func show(_ arguments: [String], input: String = "") throws -> Program.Outcome {
    try Program.run(
      ["tokenizer", "show", "--tokenizer", "t.json"] + arguments, in: scratch(), input: input)
  }

  @Test func piecesAndPlacesAreShown() throws {
    let outcome = try show(["née  👩‍🔬!"])
    #expect(outcome.code == 0)
    #expect(
      outcome.text == """
        [CLS]|née|  |👩‍🔬|!|[SEP]
        id  token  bytes  text
         0  [CLS]    0–0        special
         3  née      0–4  née
         4  👩‍🔬      6–17  👩‍🔬
         5  !      17–18  !
         1  [SEP]    0–0        special

        """, "\(outcome.text)")
  }

  @Test func offsetsComeInFourUnits() throws {
    for (unit, place) in [
      ("bytes", "6–17"), ("scalars", "5–8"), ("utf16", "5–10"), ("characters", "5–6"),
    ] {
      let outcome = try show(["--offsets", unit, "née  👩‍🔬!"])
      #expect(outcome.lines[1].contains(unit))
      #expect(outcome.lines[4].contains(" \(place) "), "\(outcome.lines[4])")
    }
    #expect(try show(["--offsets", "words", "x"]).code == 64)
  }

  @Test func colorsAreThereWhereAskedFor() throws {
    let plain = try show(["née!"])
    #expect(!plain.text.contains("\u{1B}"))
    let colored = try show(["--color", "always", "née!"])
    #expect(colored.lines[0].contains("\u{1B}[30;46mnée\u{1B}[0m\u{1B}[30;43m!\u{1B}[0m"))
    #expect(colored.lines[0].hasPrefix("\u{1B}[7m[CLS]\u{1B}[0m"))
    #expect(colored.lines.dropFirst() == plain.lines.dropFirst())
  }

  @Test func columnsStayStraight() throws {
    // A mark without a letter, a control and wide characters.
    let outcome = try show(["\u{301} \u{1B}[31m 日本 née"])
    #expect(!outcome.text.contains("\u{1B}"))
    #expect(outcome.text.contains("◌\u{301}"))
    #expect(outcome.text.contains("<U+001B>"))
    let rows = outcome.lines.dropFirst()
    let places = rows.dropFirst().map { row in
      DisplayColumns.of(String(row[..<(row.firstIndex(of: "–") ?? row.endIndex)]))
    }
    #expect(Set(places).count <= 2, "\(outcome.text)")
  }

  @Test func linesOfStandardInputAreShown() throws {
    let outcome = try show(["--json"], input: "née\n\n!\n")
    #expect(outcome.lines.count == 3)
    let last = outcome.json
    #expect(last["text"] as? String == "!")
    #expect(last["ids"] as? [Int] == [0, 5, 1])
    #expect(last["tokens"] as? [String] == ["[CLS]", "!", "[SEP]"])
    #expect(last["offsets"] as? [[Int]] == [[0, 0], [0, 1], [0, 0]])
    #expect(last["special_tokens_mask"] as? [Int] == [1, 0, 1])
    let bare = try show(["--no-special-tokens"], input: "née")
    #expect(bare.lines[0] == "née")
  }

  @Test(arguments: [
    ("a b\tc\n", "a·b⇥c⏎"), ("\u{A0}", "⍽"), ("\u{7F}\u{200B}", "<U+007F><U+200B>"),
    ("\r\n", "␍⏎"), ("e\u{301}", "e\u{301}"), ("\u{301}x", "◌\u{301}x"), ("👩‍🔬", "👩‍🔬"),
    ("\u{3000}", "<U+3000>"), ("\u{10FFFF}", "<U+10FFFF>"),
  ])
  func everythingCanBeSeen(text: String, shown: String) {
    #expect(VisibleText.of(text) == shown)
  }
}

/// The columns of a text whose characters are Latin, Han or marks.
private enum DisplayColumns {
  static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { sum, scalar in
      sum
        + ((0x300..<0x370).contains(scalar.value)
          ? 0 : (0x4E00..<0xA000).contains(scalar.value) ? 2 : 1)
    }
  }
}
