/// Split patterns of well-known tokenizers that a hand-written scanner runs.
package struct KnownPattern: Hashable, Sendable {
  /// The families of patterns.
  enum Family: Hashable, Sendable {
    /// GPT-2: contractions in small letters, runs of letters, numbers and other characters.
    case gpt2
    /// cl100k, Llama 3, Qwen 2: a character may lead a word; lines end pieces.
    case cl100k
    /// o200k: words also end where capitals begin.
    case o200k
  }

  var family: Family
  /// How many digits make a piece at most; 0 for any number.
  var digits: Int

  /// GPT-2's pattern.
  static let gpt2 = KnownPattern(family: .gpt2, digits: 0)

  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let spaces = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The pattern that `source` spells, or nil if it is none of them.
  package init?(_ source: [UInt8]) {
    let text = String(decoding: source, as: UTF8.self)
    let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    if text == gpt2 {
      self = .gpt2
      return
    }
    for (number, digits) in [(#"\p{N}{1,3}"#, 3), (#"\p{N}"#, 1)] {
      let cl100k =
        Self.contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|"# + number
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*"# + Self.spaces
      let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
      let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
      let lead = #"[^\r\n\p{L}\p{N}]?"#
      let o200k =
        lead + upper + "*" + lower + "+" + Self.contractions + "?|" + lead + upper + "+" + lower
        + "*" + Self.contractions + "?|" + number + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*"# + Self.spaces
      if text == cl100k {
        self.init(family: .cl100k, digits: digits)
        return
      }
      if text == o200k {
        self.init(family: .o200k, digits: digits)
        return
      }
    }
    return nil
  }

  private init(family: Family, digits: Int) {
    self.family = family
    self.digits = digits
  }
}
