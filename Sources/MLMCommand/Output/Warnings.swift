import MLMText

/// Things a command goes on in spite of.
enum Warnings {
  /// Malformed UTF-8.
  static func replacements(_ count: Int, in name: String) {
    guard count > 0 else { return }
    let sequences = Numbers.counted(count, "malformed UTF-8 sequence")
    StandardError.warning("\(name): \(sequences) replaced by U+FFFD")
  }

  /// Texts that were longer than what is read of them.
  static func truncation(_ count: Int, of total: Int, what: String, maximumLength: Int? = nil) {
    guard count > 0 else { return }
    let limit = maximumLength.map { "\($0) tokens" } ?? "the tokens that are read of a text"
    StandardError.warning(
      "\(Numbers.grouped(count)) of \(Numbers.counted(total, what)) cut to \(limit)")
  }

  /// A vocabulary that is larger than was asked for, since every character is in it.
  static func largeAlphabet(_ size: Int, wanted: Int) {
    StandardError.warning(
      "\(Numbers.grouped(size)) entries, not \(Numbers.grouped(wanted)): so many characters the text "
        + "has; --limit-alphabet keeps the frequent ones")
  }

  /// Words that are surely none.
  static func implausibleWords(_ summary: CountSummary) {
    guard summary.implausibleWords > 0 else { return }
    let limit = Numbers.grouped(CountSummary.longestPlausibleWord)
    StandardError.warning(
      "\(Numbers.counted(summary.implausibleWords, "word")) longer than \(limit) bytes, the longest "
        + "\(Numbers.grouped(summary.longestWord)) bytes: surely no words but text that the "
        + "pre-tokenizer cannot cut; they slow learning down")
  }
}
