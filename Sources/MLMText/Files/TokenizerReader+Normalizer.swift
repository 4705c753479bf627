extension TokenizerReader {
  /// Reads the normalizer: null, one step, or a sequence of steps.
  func steps(_ node: Int?, _ place: String) throws(TokenizerError) -> [Normalizer.Step] {
    guard let node, document.kind(node) != .null else { return [] }
    let type = try type(node, place)
    if type == "Sequence" {
      let list = try sequence(node, place, "normalizers")
      var all: [Normalizer.Step] = []
      try document.forEachElement(list) { index, element throws(TokenizerError) in
        all += try steps(element, "\(place).normalizers[\(index)]")
      }
      return all
    }
    return [Normalizer.Step(try step(node, type, place))]
  }

  private func step(
    _ node: Int, _ type: String, _ place: String
  ) throws(TokenizerError) -> NormalizerStep {
    func only(_ names: String...) throws(TokenizerError) -> JSONFields {
      try fields(node, place, known: ["type"] + names)
    }
    switch type {
    case "BertNormalizer":
      let fields = try only("clean_text", "handle_chinese_chars", "strip_accents", "lowercase")
      var bert = NormalizerStep.BERT()
      bert.cleansText = try flag(fields["clean_text"], place + ".clean_text", default: true)
      bert.spacesIdeographs = try flag(
        fields["handle_chinese_chars"], place + ".handle_chinese_chars", default: true)
      if let accents = fields["strip_accents"], document.kind(accents) != .null {
        bert.stripsAccents = try flag(accents, place + ".strip_accents", default: true)
      }
      bert.lowercases = try flag(fields["lowercase"], place + ".lowercase", default: true)
      return .bert(bert)
    case "Strip":
      let fields = try only("strip_left", "strip_right")
      return .strip(
        left: try flag(fields["strip_left"], place + ".strip_left", default: true),
        right: try flag(fields["strip_right"], place + ".strip_right", default: true))
    case "Replace":
      let fields = try only("pattern", "content")
      return .replace(
        try pattern(fields["pattern"], place),
        by: try requiredString(fields, "content", place))
    case "Prepend":
      return .prepend(try requiredString(try only("prepend"), "prepend", place))
    case "Precompiled":
      let text = try requiredString(try only("precompiled_charsmap"), "precompiled_charsmap", place)
      guard let map = PrecompiledMap(base64: text) else {
        throw malformed(
          place + ".precompiled_charsmap",
          "expected a table as sentencepiece compiles it, in base64, found something else")
      }
      return .precompiled(map)
    default: break
    }
    guard
      let simple: NormalizerStep = [
        "NFC": .form(.nfc), "NFD": .form(.nfd), "NFKC": .form(.nfkc), "NFKD": .form(.nfkd),
        "Lowercase": .lowercase, "StripAccents": .stripAccents, "Nmt": .nmt,
        "ByteLevel": .byteLevel,
      ][type]
    else {
      throw unsupported(
        place + ".type",
        expected: "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, "
          + "Prepend, Replace, Sequence, Strip or StripAccents", found: type.utf8)
    }
    _ = try only()
    return simple
  }

  /// The list of a component that is a sequence.
  func sequence(
    _ node: Int, _ place: String, _ name: String
  ) throws(TokenizerError) -> Int {
    let fields = try fields(node, place, known: ["type", name])
    guard let list = fields[name] else { throw missing(name, in: place) }
    guard document.kind(list) == .array else {
      throw wrongKind(list, "\(place).\(name)", "an array")
    }
    return list
  }

  /// The string of a member that must be there.
  func requiredString(
    _ fields: JSONFields, _ name: String, _ place: String
  ) throws(TokenizerError) -> [UInt8] {
    guard let node = fields[name] else { throw missing(name, in: place) }
    return Array(try string(node, "\(place).\(name)"))
  }

  /// Reads `{"String": …}` or `{"Regex": …}`.
  func pattern(_ node: Int?, _ place: String) throws(TokenizerError) -> TextPattern {
    guard let node else { throw missing("pattern", in: place) }
    let here = place + ".pattern"
    let fields = try fields(node, here, known: ["String", "Regex"])
    if let text = fields["String"] { return .string(Array(try string(text, here + ".String"))) }
    guard let source = fields["Regex"] else {
      throw malformed(here, "expected String or Regex, found neither")
    }
    let expression = Array(try string(source, here + ".Regex"))
    do throws(RegularExpression.Failure) {
      return .expression(try RegularExpression(expression))
    } catch {
      throw TokenizerError(
        code: .unsupported, file: name, place: here + ".Regex",
        reason: "expected an expression that can be run, found: \(error.reason)")
    }
  }

  /// The one character of a member.
  func character(
    _ fields: JSONFields, _ name: String, _ place: String
  ) throws(TokenizerError) -> [UInt8] {
    let text = try requiredString(fields, name, place)
    guard let first = text.first, text.count == UTF8Scalar.length(lead: first) else {
      throw malformed("\(place).\(name)", "expected one character, found another number")
    }
    return text
  }
}
