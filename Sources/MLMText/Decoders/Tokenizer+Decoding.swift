extension Tokenizer {
  /// Returns the bytes that `ids` stand for.
  ///
  /// For byte-level tokenizers the bytes are those of the normalized text, with the inserted prefix
  /// space. Tokens may end inside a character, so they need not be valid UTF-8; `UTF8Repair` makes of
  /// them what Hugging Face's decoder returns. Without a decoder, tokens are separated by spaces. An
  /// identifier that the vocabulary does not hold is an error.
  public func decode(
    _ ids: some Sequence<Int32>, skippingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> [UInt8] {
    var tokens: [[UInt8]] = []
    for id in ids {
      guard let token = token(id) else {
        throw TokenizerError(
          code: .unknownToken,
          reason: "expected an identifier from 0 to \(vocabularySize - 1), found \(id)")
      }
      if skippingSpecialTokens, isLeftOut(id) { continue }
      tokens.append(token)
    }
    switch decoder {
    case nil: return Array(tokens.joined(separator: [UInt8(ascii: " ")]))
    case .byteLevel: return Decoder.bytes(of: tokens)
    case .some(let decoder): return Array(decoder.decoded(tokens).joined())
    }
  }
}
