import MLMText
import Testing

/// tokenizers 0.23.3 (letters and numbers of Unicode 16, lowercase of Unicode 17, marks and
/// decompositions of Unicode 9) against this utf8proc.
///
/// Besides what is listed here, the versions differ in marks (U+1CF2, U+1CF3, U+111C9 and those newer
/// than Unicode 9: Hugging Face neither strips nor reorders them), and in compatibility
/// decompositions that came later: U+32FF, U+A7F2-A7F4, U+AB69, U+10781-107BA, U+1E030-1E06D,
/// U+1F16C, U+1FBF0-1FBF9; U+11938 decomposes canonically.
@Suite struct CharacterTests {
  /// Letters and numbers that came after Unicode 15.0.
  static let newerThan15 = TokenizerReference.points(
    """
    1c89-1c8a a7cb-a7cd a7da-a7dc 105c0-105f3 10d40-10d65 10d6f-10d85 10ec2-10ec4 11380-11389 1138b \
    1138e 11390-113b5 113b7 113d1 113d3 116d0-116e3 11bc0-11be0 11bf0-11bf9 13460-143fa 16100-1611d \
    16130-16139 16d40-16d6c 16d70-16d79 18cff 1ccf0-1ccf9 1e5d0-1e5ed 1e5f0-1e5fa 2ebf0-2ee5d
    """)

  /// Capital letters that came after Unicode 15.0.
  static let newerCapitals = TokenizerReference.points(
    "1c89 a7cb-a7cc a7ce a7d2 a7d4 a7da a7dc 10d50-10d65 16ea0-16eb8")

  @Test func theScannerTakesEveryCodePointForWhatTheReferenceTakesIt() throws {
    let reference = try #require(TokenizerReference.shared).characters
    let letters = TokenizerReference.points(reference.letter)
    let numbers = TokenizerReference.points(reference.number)
    let spaces = TokenizerReference.points(reference.space)
    #expect(letters.count > 140_000 && numbers.count > 1_800 && spaces.count == 25)
    var different: [UInt32] = []
    for point in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(point) else { continue }
      func joins(_ text: String) -> Bool { WordScanner.words(in: Array(text.utf8)).count == 1 }
      let found =
        joins("a\(scalar)") ? 1 : joins("1\(scalar)") ? 2 : joins("!\(scalar)") ? 0 : 3
      let expected =
        letters.contains(point)
        ? 1 : numbers.contains(point) ? 2 : spaces.contains(point) ? 3 : 0
      if found != expected { different.append(point) }
    }
    // A utf8proc newer than 15.0 knows some of the newer characters, so they may agree.
    let unexplained = different.filter { !Self.newerThan15.contains($0) }
    #expect(
      unexplained.isEmpty || Normalizer.unicodeVersion != "15.0.0",
      "\(unexplained.map { String($0, radix: 16) })")
  }

  @Test func lowercaseIsTheReferencesForEveryCodePoint() throws {
    let reference = try #require(TokenizerReference.shared).characters
    var expected: [UInt32: String] = [:]
    for pair in reference.lowercase.split(separator: " ") {
      let scalars = pair.unicodeScalars
      guard let first = scalars.first else { continue }
      expected[first.value] = String(String.UnicodeScalarView(scalars.dropFirst()))
    }
    #expect(expected.count > 1_400)
    let normalizer = Normalizer(form: .none, lowercases: true)
    var different: [UInt32] = []
    for point in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(point) else { continue }
      let found = normalizer.normalized(String(scalar))
      let wanted = expected[point] ?? String(scalar)
      if found != Array(wanted.utf8) { different.append(point) }
    }
    let unexplained = different.filter { !Self.newerCapitals.contains($0) }
    #expect(
      unexplained.isEmpty || Normalizer.unicodeVersion != "15.0.0",
      "\(unexplained.map { String($0, radix: 16) })")
    // The one full mapping, and no final sigma.
    #expect(normalizer.normalized("İ") == Array("i\u{307}".utf8))
    #expect(normalizer.normalized("ΑΣ") == Array("ας".utf8.dropLast(2)) + Array("σ".utf8))
  }
}
