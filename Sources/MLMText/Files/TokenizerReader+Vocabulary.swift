extension TokenizerReader {
  /// Reads the tokens of the model and puts the added ones where their identifiers say.
  func vocabulary(
    _ node: Int, _ addedTokens: [AddedToken]
  ) throws(TokenizerError) -> Vocabulary {
    let place = "model.vocab"
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    // Identifiers may leave gaps, but no file of a few tokens needs a table of billions.
    let limit = 64 * (document.count(node) + addedTokens.count) + 1 << 16
    var vocabulary = Vocabulary()
    vocabulary.reserve(
      document.count(node) + addedTokens.count, byteCount: 8 * document.count(node))
    try document.withView { view throws(TokenizerError) in
      try document.forEachMember(node) { nameNode, value throws(TokenizerError) in
        guard let id = view.digits(value) ?? document.integer(value), id >= 0, id < limit else {
          _ = try integer(value, "\(place).\(spelling(nameNode))", in: 0..<limit)
          return
        }
        if vocabulary.hasToken(id), let other = vocabulary[id] {
          throw malformed(
            "\(place).\(spelling(nameNode))",
            "expected an identifier of its own, found \(id), which is also "
              + "\"\(String(decoding: other, as: UTF8.self))\"")
        }
        vocabulary.add(view.bytes(nameNode), id: id)
      }
    }
    try add(addedTokens, to: &vocabulary, limit: limit)
    vocabulary.makeFindable()
    if let id = vocabulary.repeatedID {
      // Two entries with one spelling: the second would never be found.
      throw malformed(
        place,
        "expected each token once, found a second identifier, \(id), for "
          + "\"\(String(decoding: vocabulary[id] ?? [], as: UTF8.self))\"")
    }
    return vocabulary
  }

  /// Puts the added tokens among those of a model, which is complete then but for its index.
  func add(
    _ addedTokens: [AddedToken], to vocabulary: inout Vocabulary, limit: Int
  ) throws(TokenizerError) {
    for (index, added) in addedTokens.enumerated() {
      let here = "added_tokens[\(index)].id"
      let id = Int(added.id)
      guard id < limit else {
        throw malformed(here, "expected an identifier below \(limit), found \(id)")
      }
      if let other = vocabulary[id] {
        guard other.elementsEqual(added.content) else {
          throw malformed(
            here,
            "expected an identifier of its own, found \(id), which is also "
              + "\"\(String(decoding: other, as: UTF8.self))\"")
        }
        continue
      }
      vocabulary.add(added.content, id: id, isFindable: false)
    }
  }

  private func spelling(_ node: Int) -> String {
    String(decoding: document.bytes(node), as: UTF8.self)
  }
}
