extension TokenizerReader {
  /// Reads the pre-tokenizer: null, one step, or a sequence of steps.
  func preTokenizer(_ node: Int?) throws(TokenizerError) -> PreTokenizer {
    let place = "pre_tokenizer"
    guard let node, document.kind(node) != .null else { return PreTokenizer() }
    return PreTokenizer(
      steps: try preTokenizerSteps(node, place),
      isSequence: try type(node, place) == "Sequence")
  }

  private func preTokenizerSteps(
    _ node: Int, _ place: String
  ) throws(TokenizerError) -> [PreTokenizerStep] {
    let type = try type(node, place)
    guard type == "Sequence" else { return [try preTokenizerStep(node, type, place)] }
    let list = try sequence(node, place, "pretokenizers")
    var all: [PreTokenizerStep] = []
    try document.forEachElement(list) { index, element throws(TokenizerError) in
      all += try preTokenizerSteps(element, "\(place).pretokenizers[\(index)]")
    }
    return all
  }

  private func preTokenizerStep(
    _ node: Int, _ type: String, _ place: String
  ) throws(TokenizerError) -> PreTokenizerStep {
    func only(_ names: String...) throws(TokenizerError) -> JSONFields {
      try fields(node, place, known: ["type"] + names)
    }
    switch type {
    case "ByteLevel": return .byteLevel(try byteLevel(node, place))
    case "Metaspace": return .metaspace(try metaspace(node, place))
    case "CharDelimiterSplit":
      let delimiter = try character(try only("delimiter"), "delimiter", place)
      return .delimiter(
        delimiter.withUnsafeBufferPointer { UTF8Scalar.decode($0.baseAddress!).scalar })
    case "Digits":
      return .digits(
        individually: try flag(
          try only("individual_digits")["individual_digits"], place + ".individual_digits",
          default: false))
    case "Punctuation":
      return .punctuation(
        try behavior(try only("behavior")["behavior"], place, default: .isolated))
    case "FixedLength":
      let fields = try only("length")
      guard let length = fields["length"] else { return .fixedLength(5) }
      return .fixedLength(try integer(length, place + ".length", in: 1..<Int(Int32.max)))
    case "Split":
      let fields = try only("pattern", "behavior", "invert")
      return .split(
        try pattern(fields["pattern"], place),
        try behavior(fields["behavior"], place, default: nil),
        isInverted: try flag(fields["invert"], place + ".invert", default: false))
    default: break
    }
    guard
      let simple: PreTokenizerStep = [
        "BertPreTokenizer": .bert, "UnicodeScripts": .unicodeScripts, "Whitespace": .whitespace,
        "WhitespaceSplit": .whitespaceSplit,
      ][type]
    else {
      throw unsupported(
        place + ".type",
        expected:
          "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, "
          + "Punctuation, Sequence, Split, UnicodeScripts, Whitespace or WhitespaceSplit",
        found: type.utf8)
    }
    _ = try only()
    return simple
  }

  private func behavior(
    _ node: Int?, _ place: String, default standard: SplitBehavior?
  ) throws(TokenizerError) -> SplitBehavior {
    guard let node else {
      if let standard { return standard }
      throw missing("behavior", in: place)
    }
    let text = try string(node, place + ".behavior")
    guard let behavior = SplitBehavior(rawValue: String(decoding: text, as: UTF8.self)) else {
      throw unsupported(
        place + ".behavior",
        expected: SplitBehavior.allCases.map(\.rawValue).joined(separator: ", "), found: text)
    }
    return behavior
  }

  /// Reads a component that must be `ByteLevel`.
  func byteLevel(_ node: Int, _ place: String) throws(TokenizerError) -> ByteLevelSettings {
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

  /// Reads a component that must be `Metaspace`; older files say `add_prefix_space`.
  func metaspace(_ node: Int, _ place: String) throws(TokenizerError) -> Metaspace {
    let fields = try fields(
      node, place,
      known: ["type", "replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep"])
    var metaspace = Metaspace(replacement: try character(fields, "replacement", place))
    if let scheme = fields["prepend_scheme"] {
      let text = try string(scheme, place + ".prepend_scheme")
      guard let known = Metaspace.Prepending(rawValue: String(decoding: text, as: UTF8.self)) else {
        throw unsupported(
          place + ".prepend_scheme", expected: "always, never or first", found: text)
      }
      metaspace.prepending = known
    }
    if let prefix = fields["add_prefix_space"], document.kind(prefix) != .null,
      try !flag(prefix, place + ".add_prefix_space", default: true)
    {
      guard fields["prepend_scheme"] == nil || metaspace.prepending == .never else {
        throw malformed(
          place + ".add_prefix_space", "expected what prepend_scheme says, found false")
      }
      metaspace.prepending = .never
    }
    if let split = fields["split"], document.kind(split) != .null {
      metaspace.splits = try flag(split, place + ".split", default: true)
    }
    return metaspace
  }
}
