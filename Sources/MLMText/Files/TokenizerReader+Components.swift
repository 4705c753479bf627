extension TokenizerReader {
  /// Reads the normalizer: null, one step, or a sequence of steps.
  func steps(_ node: Int?, _ place: String) throws(TokenizerError) -> [Normalizer.Step] {
    guard let node, document.kind(node) != .null else { return [] }
    let type = try type(node, place)
    if type == "Sequence" {
      let fields = try fields(node, place, known: ["type", "normalizers"])
      guard let list = fields["normalizers"] else { throw missing("normalizers", in: place) }
      guard document.kind(list) == .array else {
        throw wrongKind(list, place + ".normalizers", "an array")
      }
      var all: [Normalizer.Step] = []
      try document.forEachElement(list) { index, element throws(TokenizerError) in
        all += try steps(element, "\(place).normalizers[\(index)]")
      }
      return all
    }
    _ = try fields(node, place, known: ["type"])
    switch type {
    case "NFC": return [.form(.nfc)]
    case "NFD": return [.form(.nfd)]
    case "NFKC": return [.form(.nfkc)]
    case "NFKD": return [.form(.nfkd)]
    case "Lowercase": return [.lowercase]
    case "StripAccents": return [.stripAccents]
    default:
      throw unsupported(
        place + ".type", expected: "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents or Sequence",
        found: type.utf8)
    }
  }

  /// Reads a component that must be `ByteLevel`.
  func byteLevel(_ node: Int?, _ place: String) throws(TokenizerError) -> ByteLevelSettings {
    guard let node else { throw missing(place, in: "") }
    let type = try type(node, place)
    guard type == "ByteLevel" else {
      throw unsupported(place + ".type", expected: "ByteLevel", found: type.utf8)
    }
    let fields = try fields(
      node, place, known: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
    var settings = ByteLevelSettings()
    settings.addsPrefixSpace = try flag(
      fields["add_prefix_space"], place + ".add_prefix_space", default: true)
    settings.trimsOffsets = try flag(
      fields["trim_offsets"], place + ".trim_offsets", default: true)
    settings.splitsWords = try flag(fields["use_regex"], place + ".use_regex", default: true)
    return settings
  }

  /// Reads the post-processor.
  func postProcessor(
    _ node: Int?, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> PostProcessor {
    let place = "post_processor"
    guard let node, document.kind(node) != .null else { return .none }
    let type = try type(node, place)
    switch type {
    case "ByteLevel": return .byteLevel(try byteLevel(node, place))
    case "TemplateProcessing": return .template(try template(node, place, vocabulary))
    default:
      throw unsupported(
        place + ".type", expected: "TemplateProcessing or ByteLevel", found: type.utf8)
    }
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
        special.ids.append(
          Int32(try integer(element, "\(here).ids[\(index)]", in: 0..<vocabulary.count)))
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
