import MLMText
import Testing

/// The hand-written scanners against PCRE2 running the same expressions.
@Suite struct KnownPatternTests {
  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
  private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
  private static let lead = #"[^\r\n\p{L}\p{N}]?"#
  private static let spaces = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  static let sources: [(name: String, source: String)] = [
    (
      "GPT-2", #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    ),
    (
      "cl100k, Llama 3",
      contractions + "|" + lead + #"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"# + spaces
    ),
    (
      "Qwen 2", contractions + "|" + lead + #"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"# + spaces
    ),
    (
      "o200k",
      lead + upper + "*" + lower + "+" + contractions + "?|" + lead + upper + "+" + lower + "*"
        + contractions + #"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*"# + spaces
    ),
  ]

  @Test(arguments: sources.indices)
  func scannersAgreeWithPCRE2(_ index: Int) throws {
    let (name, source) = Self.sources[index]
    let known = try #require(KnownPattern(Array(source.utf8)), "\(name)")
    // In a group it is no known pattern any more.
    let expression = try RegularExpression(Array("(?:\(source))".utf8))
    #expect(expression.known == nil)
    var generator = SeededGenerator(UInt64(100 + index))
    let hard = [
      "'S", "'Ll", "'ſ", "/\r\n", "ǅa", "aB", "A\u{301}b", "ᵃB", "\u{85}", "1234", "x'LL",
    ]
    for round in 0..<4000 {
      var text = ""
      for _ in 0..<Int.random(in: 1..<12, using: &generator) {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: text += generator.text(pieces: 2)
        case 1: text += hard[Int.random(in: 0..<hard.count, using: &generator)]
        default:
          let scalar = UInt32.random(in: 0..<0x3000, using: &generator)
          if let scalar = Unicode.Scalar(scalar) { text.unicodeScalars.append(scalar) }
        }
      }
      // utf8proc and PCRE2 need not have the same version of Unicode.
      text.unicodeScalars.removeAll { !Self.isOld($0) }
      var scanned: [Range<Int>] = []
      var matched: [Range<Int>] = []
      var copy = text
      copy.withUTF8 {
        known.forEachPiece(in: $0) { scanned.append($0) }
        expression.forEachMatch(in: $0) { matched.append($0) }
      }
      #expect(scanned == matched, "\(name), round \(round): \(text.debugDescription)")
      if scanned != matched { return }
    }
  }

  /// Whether a character has been in Unicode since 13.0.
  private static func isOld(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major <= 13
  }

  @Test func otherExpressionsAreNotKnown() {
    #expect(KnownPattern(Array(#"\p{N}{1,4}"#.utf8)) == nil)
    #expect(KnownPattern([]) == nil)
  }
}
