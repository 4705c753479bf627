import MLMText

/// The tokens of a text as a model reads them: start and end token included, cut to a length.
package struct TokenizedText: Sendable {
  package var ids: [Int32]
  /// Tokens of the whole text, special ones included.
  package var fullCount: Int

  package var isTruncated: Bool { ids.count < fullCount }

  package init(_ text: String, _ tokenizer: Tokenizer, maximumLength: Int) {
    var text = text
    let ids = text.withUTF8 { utf8 in
      var ids: [Int32] = []
      tokenizer.encodeIDs(utf8: utf8, addingSpecialTokens: true, into: &ids)
      return ids
    }
    self.init(ids, end: tokenizer.endID, maximumLength: maximumLength)
  }

  /// Two texts as one sequence: start, first, end, second, end; the longer one is cut first.
  package init(
    _ first: String, _ second: String, _ tokenizer: Tokenizer, maximumLength: Int
  ) {
    var parts = [first, second].map { part in
      tokenizer.encode(part, addingSpecialTokens: false).ids
    }
    fullCount = parts[0].count + parts[1].count + 3
    while parts[0].count + parts[1].count + 3 > max(maximumLength, 3) {
      let longer = parts[0].count > parts[1].count ? 0 : 1
      parts[longer].removeLast()
    }
    ids = [tokenizer.startID] + parts[0] + [tokenizer.endID] + parts[1] + [tokenizer.endID]
  }

  private init(_ ids: [Int32], end: Int32, maximumLength: Int) {
    fullCount = ids.count
    self.ids = ids
    if ids.count > maximumLength {
      // What is cut is the text; the end token stays, as the model was trained with it.
      self.ids.removeSubrange(maximumLength...)
      self.ids[maximumLength - 1] = end
    }
  }
}
