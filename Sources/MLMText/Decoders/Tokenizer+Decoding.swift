extension Tokenizer {
  /// Returns the bytes that `ids` stand for.
  ///
  /// The bytes are those of the normalized text, with the inserted prefix space. Tokens may end inside
  /// a character, so they need not be valid UTF-8; `UTF8Repair` makes of them what Hugging Face's
  /// decoder returns. An identifier that the vocabulary does not hold is an error.
  public func decode(
    _ ids: some Sequence<Int32>, skippingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> [UInt8] {
    var result: [UInt8] = []
    for id in ids {
      guard let token = model.vocabulary[Int(id)] else {
        throw TokenizerError(
          code: .unknownToken,
          reason: "expected an identifier from 0 to \(vocabularySize - 1), found \(id)")
      }
      if skippingSpecialTokens, isSpecial(id) { continue }
      // A token with a character outside the byte-level alphabet stands for itself.
      if let bytes = token.withUnsafeBufferPointer({ ByteLevelAlphabet.bytes(of: $0) }) {
        result += bytes
      } else {
        result += token
      }
    }
    return result
  }
}
