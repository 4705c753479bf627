extension TokenizerReader {
  /// Reads a `WordPiece` model.
  func wordPiece(
    _ node: Int, _ place: String, _ addedTokens: [AddedToken]
  ) throws(TokenizerError) -> TokenModel {
    let fields = try fields(
      node, place,
      known: [
        "type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab",
      ])
    guard let vocabularyNode = fields["vocab"] else { throw missing("vocab", in: place) }
    guard let longest = fields["max_input_chars_per_word"] else {
      throw missing("max_input_chars_per_word", in: place)
    }
    let unknown = try requiredString(fields, "unk_token", place)
    guard
      let model = WordPieceModel(
        vocabulary: try vocabulary(vocabularyNode, addedTokens), unknown: unknown,
        prefix: try requiredString(fields, "continuing_subword_prefix", place),
        longestWord: try integer(
          longest, place + ".max_input_chars_per_word", in: 0..<Int(Int32.max)))
    else { throw unknownToken(unknown, place) }
    return .wordPiece(model)
  }

  /// Reads a `WordLevel` model.
  func wordLevel(
    _ node: Int, _ place: String, _ addedTokens: [AddedToken]
  ) throws(TokenizerError) -> TokenModel {
    let fields = try fields(node, place, known: ["type", "unk_token", "vocab"])
    guard let vocabularyNode = fields["vocab"] else { throw missing("vocab", in: place) }
    let unknown = try requiredString(fields, "unk_token", place)
    guard
      let model = WordLevelModel(
        vocabulary: try vocabulary(vocabularyNode, addedTokens), unknown: unknown)
    else { throw unknownToken(unknown, place) }
    return .wordLevel(model)
  }

  private func unknownToken(_ token: [UInt8], _ place: String) -> TokenizerError {
    malformed(
      place + ".unk_token",
      "expected a token of the vocabulary, found \"\(String(decoding: token, as: UTF8.self))\"")
  }

  /// Reads a `Unigram` model, whose vocabulary is a list of tokens with their scores.
  func unigram(
    _ node: Int, _ place: String, _ addedTokens: [AddedToken], isByteLevel: Bool
  ) throws(TokenizerError) -> TokenModel {
    let fields = try fields(node, place, known: ["type", "unk_id", "vocab", "byte_fallback"])
    guard let list = fields["vocab"] else { throw missing("vocab", in: place) }
    guard document.kind(list) == .array else { throw wrongKind(list, place + ".vocab", "an array") }
    let count = document.count(list)
    var vocabulary = Vocabulary()
    vocabulary.reserve(count + addedTokens.count, byteCount: 8 * count)
    var scores: [Double] = []
    scores.reserveCapacity(count)
    try document.withView { view throws(TokenizerError) in
      try document.forEachElement(list) { index, entry throws(TokenizerError) in
        guard document.kind(entry) == .array, document.count(entry) == 2 else {
          throw malformed(
            "\(place).vocab[\(index)]", "expected a token and its score, found something else")
        }
        let token = entry + 1
        let scoreNode = document.end(token)
        guard document.kind(token) == .string else {
          throw wrongKind(token, "\(place).vocab[\(index)][0]", "a string")
        }
        guard let score = document.double(scoreNode), score.isFinite else {
          throw wrongKind(scoreNode, "\(place).vocab[\(index)][1]", "a number")
        }
        vocabulary.add(view.bytes(token), id: index)
        scores.append(score)
      }
    }
    try add(addedTokens, to: &vocabulary, limit: 64 * (count + addedTokens.count) + 1 << 16)
    let (index, trie) = WorkerThreads.both(
      sideBySide: count > 20_000, { vocabulary.index() }, { ByteTrie(vocabulary) })
    vocabulary.makeFindable(by: index)
    var unknownID: Int32 = -1
    if let unknown = fields["unk_id"], document.kind(unknown) != .null {
      unknownID = Int32(try integer(unknown, place + ".unk_id", in: 0..<count))
    } else {
      let spelled = (UInt8.min...UInt8.max).allSatisfy {
        vocabulary.id(of: ByteLevelAlphabet.string(of: [$0])) != nil
      }
      guard isByteLevel, spelled else {
        throw malformed(place + ".unk_id", "expected an unknown token, found none")
      }
    }
    return .unigram(
      UnigramModel(
        vocabulary: vocabulary, scores: scores, unknownID: unknownID,
        fallsBackToBytes: try flag(
          fields["byte_fallback"], place + ".byte_fallback", default: false), trie: trie))
  }
}
