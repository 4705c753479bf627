extension TokenizerReader {
  /// Reads the model, which must be a byte-level BPE without further settings.
  func model(
    _ node: Int, addedTokens: [AddedToken]
  ) throws(TokenizerError) -> BytePairModel {
    let place = "model"
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    // Files from before tokenizers 0.9 do not name the type of their model.
    if document.count(node) > 0, (try? type(node, place)) != nil {
      let type = try type(node, place)
      guard type == "BPE" else {
        throw unsupported(place + ".type", expected: "BPE", found: type.utf8)
      }
    }
    let fields = try fields(
      node, place,
      known: [
        "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
        "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges",
      ])
    try refuseSettings(fields, place)
    guard let vocabularyNode = fields["vocab"] else { throw missing("vocab", in: place) }
    guard let mergesNode = fields["merges"] else { throw missing("merges", in: place) }
    let vocabulary = try vocabulary(vocabularyNode, addedTokens)
    let merges = try merges(mergesNode, vocabulary)
    var absent: UInt8 = 0
    guard let model = BytePairModel(vocabulary: vocabulary, merges: merges, missing: &absent)
    else {
      let symbol = String(decoding: ByteLevelAlphabet.string(of: [absent]), as: UTF8.self)
      throw TokenizerError(
        code: .unsupported, file: name, place: "model.vocab",
        reason: "expected all 256 byte symbols, found none for byte \(absent) (\"\(symbol)\")")
    }
    return model
  }

  /// Settings that would change the result must be absent or off.
  private func refuseSettings(_ fields: JSONFields, _ place: String) throws(TokenizerError) {
    for setting in ["fuse_unk", "byte_fallback", "ignore_merges"] {
      // Every byte is in the vocabulary, so the unknown token and byte fallback never come in.
      let value = try flag(fields[setting], "\(place).\(setting)", default: false)
      if value, setting == "ignore_merges" {
        throw TokenizerError(
          code: .unsupported, file: name, place: "\(place).\(setting)",
          reason: "expected false, found true")
      }
    }
    if let unknown = fields["unk_token"], document.kind(unknown) != .null {
      _ = try string(unknown, place + ".unk_token")
    }
    for setting in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard let node = fields[setting], document.kind(node) != .null else { continue }
      let text = try string(node, "\(place).\(setting)")
      guard text.isEmpty else {
        throw unsupported("\(place).\(setting)", expected: "null", found: text)
      }
    }
    guard let dropout = fields["dropout"], document.kind(dropout) != .null else { return }
    guard document.kind(dropout) == .number else {
      throw wrongKind(dropout, place + ".dropout", "null or a number")
    }
    let digits = document.bytes(dropout)
    guard digits.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }) else {
      throw unsupported(place + ".dropout", expected: "null", found: digits)
    }
  }

  /// Reads the tokens of the model and puts the added ones where their identifiers say.
  private func vocabulary(
    _ node: Int, _ addedTokens: [AddedToken]
  ) throws(TokenizerError) -> Vocabulary {
    let place = "model.vocab"
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    let limit = document.count(node) + addedTokens.count
    var tokens = [ArraySlice<UInt8>?](repeating: nil, count: limit)
    var count = 0
    try document.forEachMember(node) { nameNode, value throws(TokenizerError) in
      let token = document.bytes(nameNode)
      guard let id = document.integer(value), id >= 0, id < limit else {
        _ = try integer(
          value, "\(place).\(String(decoding: token, as: UTF8.self))", in: 0..<limit)
        return
      }
      if let other = tokens[id] {
        throw malformed(
          "\(place).\(String(decoding: token, as: UTF8.self))",
          "expected an identifier of its own, found \(id), which is also "
            + "\"\(String(decoding: other, as: UTF8.self))\"")
      }
      tokens[id] = token
      count += 1
    }
    for (index, added) in addedTokens.enumerated() {
      let here = "added_tokens[\(index)].id"
      guard Int(added.id) < limit else {
        throw malformed(here, "expected an identifier below \(limit), found \(added.id)")
      }
      if let other = tokens[Int(added.id)] {
        guard other.elementsEqual(added.content) else {
          throw malformed(
            here,
            "expected an identifier of its own, found \(added.id), which is also "
              + "\"\(String(decoding: other, as: UTF8.self))\"")
        }
        continue
      }
      tokens[Int(added.id)] = added.content[...]
      count += 1
    }
    for id in 0..<count where tokens[id] == nil {
      throw malformed(
        place, "expected identifiers without gaps, found no token with \(id)")
    }
    let vocabulary = Vocabulary(tokens[0..<count].map { $0 ?? [] })
    for id in 0..<count {
      // Two entries with one spelling: the second would never be found.
      guard let token = vocabulary[id], vocabulary.id(of: token) == id else {
        throw malformed(
          place,
          "expected each token once, found a second identifier, \(id), for "
            + "\"\(String(decoding: vocabulary[id] ?? [], as: UTF8.self))\"")
      }
    }
    return vocabulary
  }

  private func merges(
    _ node: Int, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> [BytePairModel.Merge] {
    guard document.kind(node) == .array else { throw wrongKind(node, "model.merges", "an array") }
    var merges: [BytePairModel.Merge] = []
    merges.reserveCapacity(document.count(node))
    try document.forEachElement(node) { index, element throws(TokenizerError) in
      let (left, right) = try halves(element, index)
      func id(_ token: some Sequence<UInt8>) throws(TokenizerError) -> Int32 {
        if let id = vocabulary.id(of: token) { return Int32(id) }
        throw malformed(
          "model.merges[\(index)]",
          "expected tokens of the vocabulary, found "
            + "\"\(String(decoding: Array(token), as: UTF8.self))\"")
      }
      merges.append((try id(left), try id(right), try id(left + right)))
    }
    return merges
  }

  /// A merge is a pair of strings, or in older files one string with a space in it.
  private func halves(
    _ node: Int, _ index: Int
  ) throws(TokenizerError) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    switch document.kind(node) {
    case .array where document.count(node) == 2:
      var parts: [ArraySlice<UInt8>] = []
      try document.forEachElement(node) { part, element throws(TokenizerError) in
        parts.append(try string(element, "model.merges[\(index)][\(part)]"))
      }
      return (parts[0], parts[1])
    case .string:
      let parts = document.bytes(node).split(
        separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      if parts.count == 2 { return (parts[0], parts[1]) }
    default: break
    }
    throw malformed(
      "model.merges[\(index)]", "expected two tokens, found something else")
  }
}
