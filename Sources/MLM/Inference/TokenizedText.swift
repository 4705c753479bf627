import MLMText

/// The tokens of a text as a model reads them: special tokens included, cut to a length.
package struct TokenizedText: Sendable {
  package var ids: [Int32]
  /// Which text of a pair each token belongs to; nil where all types are 0.
  package private(set) var types: [Int32]?
  /// Tokens of the whole text, special ones included.
  package var fullCount: Int

  package var isTruncated: Bool { ids.count < fullCount }

  package init(_ text: String, _ tokenizer: Tokenizer, maximumLength: Int) {
    ids = tokenizer.ids(of: text)
    fullCount = ids.count
    if ids.count > maximumLength {
      // What is cut is the text; the tokens after it stay, as the model was trained with them.
      let suffix = tokenizer.suffix.suffix(maximumLength)
      ids.removeSubrange((maximumLength - suffix.count)...)
      ids += suffix
    }
  }

  /// Two texts as one sequence, put together as the tokenizer's post-processor does; the longer one is
  /// cut first.
  package init(
    _ first: String, _ second: String, _ tokenizer: Tokenizer, maximumLength: Int
  ) {
    var pairs = tokenizer
    (pairs.truncation, pairs.padding) = (nil, nil)
    let whole = (try? pairs.input(first, second)) ?? ModelInput()
    pairs.truncation = Truncation(maximumLength: maximumLength)
    let input = whole.count > maximumLength ? try? pairs.input(first, second) : whole
    // Where the special tokens alone are too many, the beginning of them.
    ids = Array((input ?? whole).ids.prefix(maximumLength))
    let types = (input ?? whole).typeIDs.prefix(maximumLength)
    self.types = types.contains { $0 != 0 } ? Array(types) : nil
    fullCount = whole.count
  }
}

extension Tokenizer {
  /// The identifiers of a text, special tokens included.
  func ids(of text: String) -> [Int32] {
    var text = text
    var ids: [Int32] = []
    text.withUTF8 { encodeIDs(utf8: $0, addingSpecialTokens: true, into: &ids) }
    return ids
  }
}
