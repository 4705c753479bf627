import Foundation
import MLMCommand
import Testing

@Suite struct JSONTests {
  @Test func objectsKeepTheirOrder() {
    let value = JSON.object([("z", 1), ("a", [true, .null, "x"]), ("m", .double(0.1))])
    #expect(value.text == #"{"z":1,"a":[true,null,"x"],"m":0.1}"#)
  }

  @Test func lineBreaksOfEveryKindAreEscaped() {
    let text = "a\u{85}b\u{2028}c\u{2029}d\ne\rf\tg\u{0}h\u{1F}i\u{7F}j\"k\\l"
    let json = JSON.string(text).text
    #expect(
      json
        == #""a\u0085b\u2028c\u2029d\ne\rf\tg\u0000h\u001fi\u007fj\"k\\l""#)
    #expect(json.split(whereSeparator: \.isNewline).count == 1)
  }

  @Test func stringsComeBackAsTheyWere() throws {
    // U+00C5, U+05E5 and U+2028's neighbours share bytes with what is escaped.
    let text = "Å ץ \u{2027}\u{202A} \u{E0085} e\u{301} 𝄞 \u{1}\u{c}\u{8} / ü\u{85}"
    let decoded = try JSONDecoder().decode(
      [String].self, from: Data(JSON.array([.string(text)]).bytes))
    #expect(Array(decoded[0].utf8) == Array(text.utf8))
  }

  @Test(arguments: [
    (0.1 as Float, "0.1"), (1e-5, "1e-05"), (3.4028235e38, "3.4028235e+38"), (-0.0, "-0.0"),
    (.infinity, "null"), (.nan, "null"),
  ])
  func floatsAreTheShortestThatComeBack(value: Float, text: String) throws {
    #expect(JSON.float(value).text == text)
    if value.isFinite {
      let decoded = try JSONDecoder().decode([Float].self, from: Data("[\(text)]".utf8))
      #expect(decoded == [value])
    }
  }

  @Test(arguments: [0, 7, 10, -1, 1_234_567_890, .max, .min])
  func wholeNumbersHaveTheirDigits(value: Int) {
    #expect(JSON.integer(value).text == "\(value)")
  }
}
