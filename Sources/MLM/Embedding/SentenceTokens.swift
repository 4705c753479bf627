import MLMText

/// The tokens of a text, prompt included, as sequences that a model reads: one, or several windows.
package struct SentenceTokens: Sendable {
  /// A prompt, and how many tokens it is at the start of each sequence, special ones included.
  struct Prompt: Sendable {
    static let none = Prompt(text: "", tokenCount: 0)
    let text: String
    let tokenCount: Int

    private init(text: String, tokenCount: Int) {
      self.text = text
      self.tokenCount = tokenCount
    }

    /// Counts the tokens as sentence-transformers does: those of the prompt alone, without the special
    /// token at its end.
    init(_ text: String, _ tokenizer: Tokenizer) {
      guard !text.isEmpty else { self = .none; return }
      self.init(text: text, tokenCount: tokenizer.ids(of: text).count - tokenizer.suffix.count)
    }
  }

  let sequences: [[Int32]]
  /// Tokens of the whole text, special ones included.
  let textTokenCount: Int

  /// Tokens that are read.
  var tokenCount: Int { sequences.reduce(0) { $0 + $1.count } }
  /// Whether a part of the text is in no sequence.
  var isTruncated: Bool { sequences.count == 1 && tokenCount < textTokenCount }

  /// Cuts a text into tokens.
  ///
  /// - Parameters:
  ///   - text: The text without the prompt.
  ///   - prompt: What is put before it.
  ///   - tokenizer: The model's tokenizer.
  ///   - maximumLength: Tokens of a sequence.
  ///   - overflow: What becomes of longer texts.
  /// - Throws: ``MLMError`` with code `badText`.
  init(
    _ text: String, after prompt: Prompt, _ tokenizer: Tokenizer, maximumLength: Int,
    _ overflow: TextEncoder.Overflow
  ) throws(MLMError) {
    let ids = tokenizer.ids(of: prompt.text.isEmpty ? text : prompt.text + text)
    textTokenCount = ids.count
    guard ids.count > maximumLength else {
      sequences = [ids]
      return
    }
    let suffix = Array(tokenizer.suffix.suffix(maximumLength))
    switch overflow {
    case .error:
      throw MLMError(
        .badText, "expected at most \(maximumLength) tokens, found \(ids.count)")
    case .truncate:
      sequences = [ids.prefix(maximumLength - suffix.count) + suffix]
    case .windows:
      let end = ids.count - suffix.count
      let start = min(max(prompt.tokenCount, tokenizer.prefix.count), end)
      let room = maximumLength - start - suffix.count
      guard room > 0 else {
        throw MLMError(
          .badText,
          "expected a prompt that leaves room for text in \(maximumLength) tokens, "
            + "found \(start) tokens before the text")
      }
      sequences = Self.parts(start..<end, atMost: room).map { ids[..<start] + ids[$0] + suffix }
    }
  }

  /// The fewest parts of a range that have at most `limit` elements, as equal as can be, longer ones
  /// first.
  package static func parts(_ range: Range<Int>, atMost limit: Int) -> [Range<Int>] {
    let count = max(1, (range.count + limit - 1) / limit)
    let (least, more) = range.count.quotientAndRemainder(dividingBy: count)
    var start = range.lowerBound
    return (0..<count).map { index in
      let end = start + least + (index < more ? 1 : 0)
      defer { start = end }
      return start..<end
    }
  }
}
