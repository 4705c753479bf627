import Testing

@testable import MLMText

@Suite struct PreTokenizerTests {
  @Test func stepsEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.preTokenizers)
  }

  private func pieces(_ text: String, _ steps: PreTokenizerStep...) -> [String] {
    var text = text
    return text.withUTF8 { utf8 in
      var pieces = PieceText()
      pieces.begin(
        utf8, pieces: { $0 = [Piece(start: 0, end: utf8.count)] }, alignment: Alignment())
      for step in steps { pieces.apply(step, startsText: true) }
      return pieces.pieces.map { String(decoding: pieces.bytes[$0.start..<$0.end], as: UTF8.self) }
    }
  }

  @Test func behaviorsOfAMatch() {
    // The definitions: what happens to the two hyphens of "a-b-".
    for (behavior, expected) in [
      (SplitBehavior.removed, ["a", "b"]), (.isolated, ["a", "-", "b", "-"]),
      (.mergedWithPrevious, ["a-", "b-"]), (.mergedWithNext, ["a", "-b", "-"]),
      (.contiguous, ["a", "-", "b", "-"]),
    ] {
      #expect(pieces("a-b-", .punctuation(behavior)) == expected, "\(behavior)")
    }
    #expect(pieces("a--b", .punctuation(.contiguous)) == ["a", "--", "b"])
  }

  @Test func linesEndWords() {
    #expect(pieces("a\nb c", .whitespace) == ["a", "b", "c"])
    #expect(pieces("a\n\nb", .whitespaceSplit) == ["a", "b"])
    #expect(pieces("a\nb", .bert) == ["a", "b"])
    #expect(pieces("a\nb", .delimiter(0x0A)) == ["a", "b"])
  }

  @Test func charactersStayWhole() {
    #expect(pieces("éé漢字x", .fixedLength(2)) == ["éé", "漢字", "x"])
    #expect(pieces("1２½", .digits(individually: true)) == ["1", "２", "½"])
    #expect(pieces("1２½a", .digits(individually: false)) == ["1２½", "a"])
  }
}
