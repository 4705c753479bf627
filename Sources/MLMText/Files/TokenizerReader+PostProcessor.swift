extension TokenizerReader {
  /// Reads the post-processor.
  func postProcessor(
    _ node: Int?, _ place: String, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> PostProcessor {
    guard let node, document.kind(node) != .null else { return .none }
    let type = try type(node, place)
    switch type {
    case "ByteLevel": return .byteLevel(try byteLevel(node, place))
    case "TemplateProcessing": return .template(try template(node, place, vocabulary))
    case "BertProcessing":
      let fields = try fields(node, place, known: ["type", "sep", "cls"])
      return .bert(
        start: try special(fields, "cls", place, vocabulary),
        end: try special(fields, "sep", place, vocabulary))
    case "RobertaProcessing":
      let fields = try fields(
        node, place, known: ["type", "sep", "cls", "trim_offsets", "add_prefix_space"])
      var trimming = ByteLevelSettings()
      trimming.trimsOffsets = try flag(
        fields["trim_offsets"], place + ".trim_offsets", default: true)
      trimming.addsPrefixSpace = try flag(
        fields["add_prefix_space"], place + ".add_prefix_space", default: true)
      return .roberta(
        start: try special(fields, "cls", place, vocabulary),
        end: try special(fields, "sep", place, vocabulary), trimming: trimming)
    case "Sequence":
      let list = try sequence(node, place, "processors")
      var steps: [PostProcessor] = []
      try document.forEachElement(list) { index, element throws(TokenizerError) in
        steps.append(try postProcessor(element, "\(place).processors[\(index)]", vocabulary))
      }
      return .sequence(steps)
    default:
      throw unsupported(
        place + ".type",
        expected: "BertProcessing, ByteLevel, RobertaProcessing, Sequence or TemplateProcessing",
        found: type.utf8)
    }
  }

  /// Reads a special token as a pair of its spelling and its identifier.
  private func special(
    _ fields: JSONFields, _ name: String, _ place: String, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> PostProcessor.Special {
    let here = "\(place).\(name)"
    guard let node = fields[name] else { throw missing(name, in: place) }
    guard document.kind(node) == .array, document.count(node) == 2 else {
      throw malformed(here, "expected a token and its identifier, found something else")
    }
    var special = PostProcessor.Special(token: [], id: 0)
    try document.forEachElement(node) { index, element throws(TokenizerError) in
      if index == 0 {
        special.token = Array(try string(element, here + "[0]"))
      } else {
        special.id = try token(element, here + "[1]", vocabulary)
      }
    }
    return special
  }

  /// Reads the identifier of a token; a vocabulary may leave some out.
  private func token(
    _ node: Int, _ place: String, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> Int32 {
    let id = try integer(node, place, in: 0..<vocabulary.count)
    guard vocabulary.hasToken(id) else {
      throw malformed(place, "expected the identifier of a token, found \(id)")
    }
    return Int32(id)
  }

  private func template(
    _ node: Int, _ place: String, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> Template {
    let fields = try fields(
      node, place, known: ["type", "single", "pair", "special_tokens"])
    let single = try pieces(fields["single"], place, "single")
    let pair = try pieces(fields["pair"], place, "pair")
    let template = Template(
      single: single, pair: pair,
      specials: try specials(fields["special_tokens"], place + ".special_tokens", vocabulary))
    func count(_ pieces: [Template.Piece], second: Bool) -> Int {
      pieces.count { if case .sequence(second, _) = $0 { true } else { false } }
    }
    guard count(single, second: false) == 1, count(single, second: true) == 0 else {
      throw malformed(place + ".single", "expected the sequence A once, found another number")
    }
    guard count(pair, second: false) == 1, count(pair, second: true) == 1 else {
      throw malformed(
        place + ".pair", "expected the sequences A and B once, found another number")
    }
    for case .special(let wanted, _) in single + pair
    where !template.specials.contains(where: { $0.name == wanted }) {
      throw malformed(
        place + ".special_tokens",
        "expected \"\(String(decoding: wanted, as: UTF8.self))\", found none")
    }
    return template
  }

  private func pieces(
    _ node: Int?, _ place: String, _ field: String
  ) throws(TokenizerError) -> [Template.Piece] {
    let here = "\(place).\(field)"
    guard let node else { throw missing(field, in: place) }
    guard document.kind(node) == .array else { throw wrongKind(node, here, "an array") }
    var pieces: [Template.Piece] = []
    try document.forEachElement(node) { index, element throws(TokenizerError) in
      let here = "\(here)[\(index)]"
      let choice = try fields(element, here, known: ["SpecialToken", "Sequence"])
      guard document.count(element) == 1, let body = choice["SpecialToken"] ?? choice["Sequence"]
      else { throw malformed(here, "expected SpecialToken or Sequence, found not one of them") }
      let fields = try fields(body, here, known: ["id", "type_id"])
      guard let idNode = fields["id"] else { throw missing("id", in: here) }
      let id = Array(try string(idNode, here + ".id"))
      let typeID = try fields["type_id"].map { node throws(TokenizerError) in
        try integer(node, here + ".type_id", in: 0..<Int(Int32.max))
      }
      if choice["SpecialToken"] != nil {
        pieces.append(.special(name: id, typeID: typeID ?? 0))
      } else if id == Array("A".utf8) || id == Array("B".utf8) {
        pieces.append(.sequence(isSecond: id == Array("B".utf8), typeID: typeID ?? 0))
      } else {
        throw unsupported(here + ".id", expected: "A or B", found: id)
      }
    }
    return pieces
  }

  private func specials(
    _ node: Int?, _ place: String, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> [Template.Special] {
    guard let node else { return [] }
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    var specials: [Template.Special] = []
    try document.forEachMember(node) { nameNode, value throws(TokenizerError) in
      let name = Array(document.bytes(nameNode))
      let here = "\(place).\(String(decoding: name, as: UTF8.self))"
      let fields = try fields(value, here, known: ["id", "ids", "tokens"])
      var special = Template.Special(name: name, ids: [], tokens: [])
      guard let ids = fields["ids"] else { throw missing("ids", in: here) }
      guard document.kind(ids) == .array else { throw wrongKind(ids, here + ".ids", "an array") }
      try document.forEachElement(ids) { index, element throws(TokenizerError) in
        special.ids.append(try token(element, "\(here).ids[\(index)]", vocabulary))
      }
      if let tokens = fields["tokens"] {
        guard document.kind(tokens) == .array else {
          throw wrongKind(tokens, here + ".tokens", "an array")
        }
        try document.forEachElement(tokens) { index, element throws(TokenizerError) in
          special.tokens.append(Array(try string(element, "\(here).tokens[\(index)]")))
        }
      }
      guard !specials.contains(where: { $0.name == name }) else {
        throw malformed(here, "expected the name once, found it twice")
      }
      specials.append(special)
    }
    return specials
  }
}
