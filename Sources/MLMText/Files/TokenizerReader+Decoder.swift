extension TokenizerReader {
  /// Reads the decoder.
  func decoder(_ node: Int?, _ place: String) throws(TokenizerError) -> Decoder? {
    guard let node, document.kind(node) != .null else { return nil }
    let type = try type(node, place)
    func only(_ names: String...) throws(TokenizerError) -> JSONFields {
      try fields(node, place, known: ["type"] + names)
    }
    switch type {
    case "ByteLevel": return .byteLevel(try byteLevel(node, place))
    case "Metaspace": return .metaspace(try metaspace(node, place))
    case "WordPiece":
      let fields = try only("prefix", "cleanup")
      return .wordPiece(
        prefix: try requiredString(fields, "prefix", place),
        cleansUp: try flag(fields["cleanup"], place + ".cleanup", default: true))
    case "BPEDecoder":
      return .bytePairs(suffix: try requiredString(try only("suffix"), "suffix", place))
    case "ByteFallback":
      _ = try only()
      return .byteFallback
    case "Fuse":
      _ = try only()
      return .fuse
    case "Replace":
      let fields = try only("pattern", "content")
      return .replace(
        try pattern(fields["pattern"], place), by: try requiredString(fields, "content", place))
    case "Strip":
      let fields = try only("content", "start", "stop")
      func number(_ name: String) throws(TokenizerError) -> Int {
        guard let node = fields[name] else { throw missing(name, in: place) }
        return try integer(node, "\(place).\(name)", in: 0..<Int(Int32.max))
      }
      return .strip(
        character: try character(fields, "content", place), start: try number("start"),
        end: try number("stop"))
    case "CTC":
      let fields = try only("pad_token", "word_delimiter_token", "cleanup")
      return .ctc(
        padding: try requiredString(fields, "pad_token", place),
        delimiter: try requiredString(fields, "word_delimiter_token", place),
        cleansUp: try flag(fields["cleanup"], place + ".cleanup", default: true))
    case "Sequence":
      let list = try sequence(node, place, "decoders")
      var steps: [Decoder] = []
      try document.forEachElement(list) { index, element throws(TokenizerError) in
        if let step = try decoder(element, "\(place).decoders[\(index)]") { steps.append(step) }
      }
      return .sequence(steps)
    default:
      throw unsupported(
        place + ".type",
        expected: "BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, "
          + "Strip or WordPiece", found: type.utf8)
    }
  }
}
