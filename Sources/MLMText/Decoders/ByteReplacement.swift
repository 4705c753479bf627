/// Replacing in byte strings.
enum ByteReplacement {
  /// Returns `text` with every occurrence of `old`, from left to right, replaced by `new`.
  static func replacing(_ old: [UInt8], in text: [UInt8], by new: [UInt8]) -> [UInt8] {
    guard !old.isEmpty, text.count >= old.count else { return text }
    var result: [UInt8] = []
    var i = 0
    while i < text.count {
      if text[i] == old[0], text[i...].starts(with: old) {
        result += new
        i += old.count
      } else {
        result.append(text[i])
        i += 1
      }
    }
    return result
  }

  /// Returns `text` with the spaces before English punctuation and contractions taken out, as the
  /// decoder of BERT does.
  static func cleanedUp(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: " ")) else { return text }
    let rules = [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
      (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    return rules.reduce(text) { replacing(Array($1.0.utf8), in: $0, by: Array($1.1.utf8)) }
  }
}
