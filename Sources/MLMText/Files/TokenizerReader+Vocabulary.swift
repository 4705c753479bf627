extension TokenizerReader {
  /// Reads the tokens of the model and puts the added ones where their identifiers say.
  func vocabulary(
    _ node: Int, _ addedTokens: [AddedToken]
  ) throws(TokenizerError) -> Vocabulary {
    let place = "model.vocab"
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    // Identifiers may leave gaps, but no file of a few tokens needs a table of billions.
    let limit = 64 * (document.count(node) + addedTokens.count) + 1 << 16
    var tokens = [ArraySlice<UInt8>?](
      repeating: nil, count: document.count(node) + addedTokens.count)
    func grow(to id: Int) {
      if id >= tokens.count {
        tokens += repeatElement(nil, count: max(id + 1, 2 * tokens.count) - tokens.count)
      }
    }
    try document.forEachMember(node) { nameNode, value throws(TokenizerError) in
      let token = document.bytes(nameNode)
      guard let id = document.integer(value), id >= 0, id < limit else {
        _ = try integer(
          value, "\(place).\(String(decoding: token, as: UTF8.self))", in: 0..<limit)
        return
      }
      grow(to: id)
      if let other = tokens[id] {
        throw malformed(
          "\(place).\(String(decoding: token, as: UTF8.self))",
          "expected an identifier of its own, found \(id), which is also "
            + "\"\(String(decoding: other, as: UTF8.self))\"")
      }
      tokens[id] = token
    }
    let vocabulary = try vocabulary(tokens, addedTokens, limit: limit)
    for id in 0..<vocabulary.count where vocabulary.isFindable(id) {
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

  /// Puts the added tokens among those of a model.
  func vocabulary(
    _ modelTokens: [ArraySlice<UInt8>?], _ addedTokens: [AddedToken], limit: Int
  ) throws(TokenizerError) -> Vocabulary {
    var tokens = modelTokens
    var isFindable = [Bool](repeating: true, count: tokens.count)
    for (index, added) in addedTokens.enumerated() {
      let here = "added_tokens[\(index)].id"
      let id = Int(added.id)
      guard id < limit else {
        throw malformed(here, "expected an identifier below \(limit), found \(id)")
      }
      if id >= tokens.count {
        let missing = id + 1 - tokens.count
        tokens += repeatElement(nil, count: missing)
        isFindable += repeatElement(false, count: missing)
      }
      if let other = tokens[id] {
        guard other.elementsEqual(added.content) else {
          throw malformed(
            here,
            "expected an identifier of its own, found \(id), which is also "
              + "\"\(String(decoding: other, as: UTF8.self))\"")
        }
        continue
      }
      tokens[id] = added.content[...]
      isFindable[id] = false
    }
    let count = (tokens.lastIndex { $0 != nil } ?? -1) + 1
    return Vocabulary(Array(tokens[..<count]), isFindable: Array(isFindable[..<count]))
  }
}
