extension TokenizerReader {
  /// Reads how texts are shortened; whether the special tokens leave room shows with a text.
  func truncation(_ node: Int?) throws(TokenizerError) -> Truncation? {
    let place = "truncation"
    guard let node, document.kind(node) != .null else { return nil }
    let fields = try fields(
      node, place, known: ["direction", "max_length", "strategy", "stride"])
    guard let length = fields["max_length"] else { throw missing("max_length", in: place) }
    var truncation = Truncation(
      maximumLength: try integer(length, place + ".max_length", in: 0..<Int.max))
    if let strategy = fields["strategy"] {
      truncation.strategy = try choice(strategy, place + ".strategy")
    }
    if let side = fields["direction"] { truncation.side = try choice(side, place + ".direction") }
    if let stride = fields["stride"] {
      truncation.stride = try integer(stride, place + ".stride", in: 0..<Int.max)
    }
    return truncation
  }

  /// More tokens than this are not filled up to: every text would take as much memory.
  private static let longestPadding = 1 << 20

  /// Reads how texts are filled up.
  func padding(_ node: Int?) throws(TokenizerError) -> Padding? {
    let place = "padding"
    guard let node, document.kind(node) != .null else { return nil }
    let fields = try fields(
      node, place,
      known: ["strategy", "direction", "pad_to_multiple_of", "pad_id", "pad_type_id", "pad_token"])
    var padding = Padding()
    if let strategy = fields["strategy"] {
      if document.kind(strategy) == .object {
        let fixed = try self.fields(strategy, place + ".strategy", known: ["Fixed"])
        guard let length = fixed["Fixed"] else {
          throw missing("Fixed", in: place + ".strategy")
        }
        padding.length = try integer(
          length, place + ".strategy.Fixed", in: 0..<Self.longestPadding + 1)
      } else {
        let text = try string(strategy, place + ".strategy")
        guard text.elementsEqual("BatchLongest".utf8) else {
          throw unsupported(
            place + ".strategy", expected: "BatchLongest or Fixed", found: text)
        }
      }
    }
    if let side = fields["direction"] { padding.side = try choice(side, place + ".direction") }
    if let multiple = fields["pad_to_multiple_of"], document.kind(multiple) != .null {
      padding.multiple = try integer(
        multiple, place + ".pad_to_multiple_of", in: 0..<Self.longestPadding + 1)
    }
    func number(_ name: String) throws(TokenizerError) -> Int32 {
      guard let node = fields[name] else { return 0 }
      return Int32(try integer(node, "\(place).\(name)", in: 0..<Int(Int32.max)))
    }
    padding.id = try number("pad_id")
    padding.typeID = try number("pad_type_id")
    if let token = fields["pad_token"] {
      padding.token = String(decoding: try string(token, place + ".pad_token"), as: UTF8.self)
    }
    return padding
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Int, _ place: String
  ) throws(TokenizerError) -> Choice {
    let text = try string(node, place)
    guard let choice = Choice(rawValue: String(decoding: text, as: UTF8.self)) else {
      throw unsupported(
        place, expected: Choice.allCases.map(\.rawValue).joined(separator: " or "), found: text)
    }
    return choice
  }
}
