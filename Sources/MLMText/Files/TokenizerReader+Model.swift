extension TokenizerReader {
  /// Reads the model; `isByteLevel` says whether its words are spelled in the byte-level alphabet.
  func model(
    _ node: Int, addedTokens: [AddedToken], isByteLevel: Bool
  ) throws(TokenizerError) -> TokenModel {
    let place = "model"
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    switch try modelType(node, place) {
    case "BPE": return try bytePairs(node, place, addedTokens, isByteLevel: isByteLevel)
    case "WordPiece": return try wordPiece(node, place, addedTokens)
    case "WordLevel": return try wordLevel(node, place, addedTokens)
    case "Unigram": return try unigram(node, place, addedTokens, isByteLevel: isByteLevel)
    case let type:
      throw unsupported(
        place + ".type", expected: "BPE, Unigram, WordLevel or WordPiece", found: type.utf8)
    }
  }

  /// The type of the model, which files from before tokenizers 0.9 do not name.
  private func modelType(_ node: Int, _ place: String) throws(TokenizerError) -> String {
    var names: [String] = []
    document.forEachMember(node) { name, _ in
      names.append(String(decoding: document.bytes(name), as: UTF8.self))
    }
    if names.contains("type") { return try type(node, place) }
    if names.contains("merges") { return "BPE" }
    if names.contains("unk_id") { return "Unigram" }
    return names.contains("max_input_chars_per_word") ? "WordPiece" : "WordLevel"
  }

  private func bytePairs(
    _ node: Int, _ place: String, _ addedTokens: [AddedToken], isByteLevel: Bool
  ) throws(TokenizerError) -> TokenModel {
    let fields = try fields(
      node, place,
      known: [
        "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
        "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges",
      ])
    let settings = try bytePairSettings(fields, place)
    guard let vocabularyNode = fields["vocab"] else { throw missing("vocab", in: place) }
    guard let mergesNode = fields["merges"] else { throw missing("merges", in: place) }
    let vocabulary = try vocabulary(vocabularyNode, addedTokens)
    let merges = try merges(mergesNode, vocabulary, prefixLength: settings.prefix?.count ?? 0)
    if isByteLevel, settings.dropout ?? 0 == 0, settings.prefix == nil, settings.suffix == nil {
      var absent: UInt8 = 0
      if let model = BytePairModel(
        vocabulary: vocabulary, merges: merges, ignoresMerges: settings.ignoresMerges,
        missing: &absent)
      {
        return .bytePairs(model)
      }
    }
    if let unknown = settings.unknown, vocabulary.id(of: unknown) == nil {
      throw malformed(
        place + ".unk_token",
        "expected a token of the vocabulary, found "
          + "\"\(String(decoding: unknown, as: UTF8.self))\"")
    }
    return .characterPairs(
      CharacterPairModel(vocabulary: vocabulary, merges: merges, settings: settings))
  }

  private func bytePairSettings(
    _ fields: JSONFields, _ place: String
  ) throws(TokenizerError) -> CharacterPairModel.Settings {
    func text(_ name: String) throws(TokenizerError) -> [UInt8]? {
      guard let node = fields[name], document.kind(node) != .null else { return nil }
      return Array(try string(node, "\(place).\(name)"))
    }
    func isOn(_ name: String) throws(TokenizerError) -> Bool {
      guard let node = fields[name], document.kind(node) != .null else { return false }
      return try flag(node, "\(place).\(name)", default: false)
    }
    var settings = CharacterPairModel.Settings()
    settings.unknown = try text("unk_token")
    settings.prefix = try text("continuing_subword_prefix").flatMap { $0.isEmpty ? nil : $0 }
    settings.suffix = try text("end_of_word_suffix").flatMap { $0.isEmpty ? nil : $0 }
    settings.fusesUnknown = try isOn("fuse_unk")
    settings.fallsBackToBytes = try isOn("byte_fallback")
    settings.ignoresMerges = try isOn("ignore_merges")
    guard let dropout = fields["dropout"], document.kind(dropout) != .null else { return settings }
    guard document.kind(dropout) == .number else {
      throw wrongKind(dropout, place + ".dropout", "null or a number")
    }
    guard let value = document.double(dropout), (0...1).contains(value) else {
      throw malformed(
        place + ".dropout",
        "expected a number from 0 to 1, found "
          + String(decoding: document.bytes(dropout), as: UTF8.self))
    }
    settings.dropout = value
    return settings
  }

  private func merges(
    _ node: Int, _ vocabulary: Vocabulary, prefixLength: Int
  ) throws(TokenizerError) -> [BytePairModel.Merge] {
    guard document.kind(node) == .array else { throw wrongKind(node, "model.merges", "an array") }
    guard document.count(node) < Int(MergeTable.noRank) else {
      throw malformed(
        "model.merges",
        "expected fewer than \(MergeTable.noRank) merges, found \(document.count(node))")
    }
    var elements: [Int] = []
    elements.reserveCapacity(document.count(node))
    document.forEachElement(node) { _, element in elements.append(element) }
    // Finding three tokens a merge is most of the work of reading a large file.
    let partCount = elements.count > 20_000 ? 2 : 1
    let parts = WorkerThreads.map(partCount, share: 1, threads: partCount) { part in
      Result { () throws(TokenizerError) in
        try self.merges(
          elements, elements.count * part / partCount..<elements.count * (part + 1) / partCount,
          vocabulary, prefixLength)
      }
    }
    var merges = try parts.first?.get() ?? []
    for part in parts.dropFirst() { merges += try part.get() }
    return merges
  }

  private func merges(
    _ elements: [Int], _ range: Range<Int>, _ vocabulary: Vocabulary, _ prefixLength: Int
  ) throws(TokenizerError) -> [BytePairModel.Merge] {
    var merges: [BytePairModel.Merge] = []
    merges.reserveCapacity(range.count)
    var joined: [UInt8] = []
    var last = -1
    var halves: [Bytes] = []
    var ids = [Int32](repeating: -1, count: 2 * Self.mergesAtOnce)
    try document.withView { view throws(TokenizerError) in
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.mergesAtOnce) {
        let end = min(start + Self.mergesAtOnce, range.upperBound)
        halves.removeAll(keepingCapacity: true)
        for index in start..<end {
          guard let (left, right) = Self.halves(elements[index], view) else {
            throw badMerge(elements[index], index)
          }
          halves.append(left)
          halves.append(right)
        }
        halves.withUnsafeBufferPointer { halves in
          ids.withUnsafeMutableBufferPointer { vocabulary.find(halves, into: $0) }
        }
        for index in start..<end {
          let place = 2 * (index - start)
          for half in place...place + 1 where ids[half] < 0 {
            throw unknownHalf(halves[half], index)
          }
          let left = halves[place]
          let right = Bytes(rebasing: halves[place + 1].dropFirst(prefixLength))
          // Trained files have the tokens in the order of their merges.
          var result: Int? = last + 1
          if !vocabulary.isFound(left, right, at: last + 1) {
            joined.removeAll(keepingCapacity: true)
            joined.append(contentsOf: left)
            joined.append(contentsOf: right)
            result = joined.withUnsafeBufferPointer { vocabulary.id(of: $0) }
          }
          guard let result else { throw unknownHalf(joined, index) }
          last = result
          merges.append((ids[place], ids[place + 1], Int32(result)))
        }
      }
    }
    return merges
  }

  private static let mergesAtOnce = 64

  private func unknownHalf(_ token: some Sequence<UInt8>, _ index: Int) -> TokenizerError {
    malformed(
      "model.merges[\(index)]",
      "expected tokens of the vocabulary, found "
        + "\"\(String(decoding: Array(token), as: UTF8.self))\"")
  }

  private typealias Bytes = UnsafeBufferPointer<UInt8>

  /// The two halves of a merge, which is a pair of strings, or in older files one string with a space in
  /// it; nil for anything else.
  private static func halves(_ node: Int, _ view: JSONDocument.View) -> (Bytes, Bytes)? {
    if view.kind(node) == .array, view.count(node) == 2 {
      let (left, right) = (node + 1, view.end(node + 1))
      guard view.kind(left) == .string, view.kind(right) == .string else { return nil }
      return (view.bytes(left), view.bytes(right))
    }
    guard view.kind(node) == .string else { return nil }
    let bytes = view.bytes(node)
    let space = UInt8(ascii: " ")
    guard let place = bytes.firstIndex(of: space),
      bytes[(place + 1)...].firstIndex(of: space) == nil
    else { return nil }
    return (Bytes(rebasing: bytes[..<place]), Bytes(rebasing: bytes[(place + 1)...]))
  }

  /// What is wrong with a merge that has no two halves.
  private func badMerge(_ node: Int, _ index: Int) -> TokenizerError {
    if document.kind(node) == .array, document.count(node) == 2 {
      let left = node + 1
      return document.kind(left) == .string
        ? wrongKind(document.end(left), "model.merges[\(index)][1]", "a string")
        : wrongKind(left, "model.merges[\(index)][0]", "a string")
    }
    return malformed("model.merges[\(index)]", "expected two tokens, found something else")
  }
}
