/// Texts of many kinds, good and bad.
enum RandomText {
  private static let words = [
    "the", "river", "garden", "Winter", "can't", "We'll", "naïve", "Straße", "ПРИВЕТ", "мир",
    "日本語", "かな", "ﬁnal", "Ａｂｃ", "नमस्ते", "مرحبا", "สวัสดี", "한국어", "1234567", "3.14",
    "<s>", "</s>", "[CLS]", "[MASK]", "<0x0A>", "▁", "Ġ", "##", "e\u{301}",
    "\u{1F469}\u{200D}\u{1F52C}",
    "\u{1F1E9}\u{1F1EA}", "\u{FDFA}", "İ", "ǅ", "\u{FEFF}", "\u{AD}", "\u{200B}", "\u{85}",
    "\u{2028}",
    "\r\n", "\n", "\t", "  ", " ", "...", "!?", "\u{3000}", "\u{FFFD}", "\u{0}", "\u{10FFFF}",
  ]

  /// Bytes that may not be UTF-8, mostly short and now and then long.
  static func bytes(_ random: inout SeededGenerator) -> [UInt8] {
    switch random.below(8) {
    case 0: return (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
    case 1:
      var text = valid(&random)
      for _ in 0...random.below(3) where !text.isEmpty {
        text[random.below(text.count)] = UInt8(random.below(256))
      }
      return text
    default: return valid(&random)
    }
  }

  /// Valid UTF-8.
  static func valid(_ random: inout SeededGenerator) -> [UInt8] {
    switch random.below(12) {
    case 0: return []
    case 1: return Array(String(scalars(&random)).utf8)
    case 2:
      // One thing again and again.
      let word = random.pick(words)
      return Array(repeatElement(Array(word.utf8), count: random.below(60)).joined())
    case 3 where random.oneIn(20):
      let word = random.pick(words)
      return Array(repeatElement(Array(word.utf8), count: random.below(3000)).joined())
    default:
      var text: [UInt8] = []
      for _ in 0..<random.below(14) {
        text += random.pick(words).utf8
        if random.oneIn(2) { text.append(0x20) }
      }
      return text
    }
  }

  private static func scalars(_ random: inout SeededGenerator) -> String.UnicodeScalarView {
    var scalars = String.UnicodeScalarView()
    let limit = random.pick([0x80, 0x250, 0x3000, 0x10000, 0x110000])
    for _ in 0..<random.below(20) {
      if let scalar = Unicode.Scalar(UInt32(random.below(limit))) { scalars.append(scalar) }
    }
    return scalars
  }
}
