/// The members of an object, by name.
struct JSONFields {
  fileprivate var values: [(name: String, node: Int)] = []

  subscript(name: String) -> Int? { values.first { $0.name == name }?.node }
}

extension TokenizerReader {
  /// Returns the members of the object at `node`; others than the known ones, and repeated ones,
  /// are errors.
  func fields(
    _ node: Int, _ place: String, known: [String]
  ) throws(TokenizerError) -> JSONFields {
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    var fields = JSONFields()
    try document.forEachMember(node) { nameNode, value throws(TokenizerError) in
      let bytes = document.bytes(nameNode)
      guard let name = known.first(where: { bytes.elementsEqual($0.utf8) }) else {
        throw TokenizerError(
          code: .unsupported, file: self.name, place: join(place, bytes),
          reason: "expected one of \(known.joined(separator: ", ")), found this name")
      }
      guard fields[name] == nil else {
        throw malformed(join(place, bytes), "expected the name once, found it twice")
      }
      fields.values.append((name, value))
    }
    return fields
  }

  /// Returns the string at `node`.
  func string(_ node: Int, _ place: String) throws(TokenizerError) -> ArraySlice<UInt8> {
    guard document.kind(node) == .string else { throw wrongKind(node, place, "a string") }
    return document.bytes(node)
  }

  /// Returns the whole number at `node`.
  func integer(_ node: Int, _ place: String, in range: Range<Int>) throws(TokenizerError) -> Int {
    guard document.kind(node) == .number else { throw wrongKind(node, place, "a number") }
    guard let value = document.integer(node), range.contains(value) else {
      throw malformed(
        place,
        "expected a whole number from \(range.lowerBound) to \(range.upperBound - 1), found "
          + String(decoding: document.bytes(node), as: UTF8.self))
    }
    return value
  }

  /// Returns the truth value at `node`, or the default where there is none.
  func flag(
    _ node: Int?, _ place: String, default standard: Bool
  ) throws(TokenizerError) -> Bool {
    guard let node else { return standard }
    switch document.kind(node) {
    case .truth: return true
    case .falsehood: return false
    default: throw wrongKind(node, place, "true or false")
    }
  }

  /// Returns the type of the component at `node`.
  func type(_ node: Int, _ place: String) throws(TokenizerError) -> String {
    guard document.kind(node) == .object else { throw wrongKind(node, place, "an object") }
    var found: Int?
    document.forEachMember(node) { name, value in
      if document.bytes(name).elementsEqual("type".utf8) { found = value }
    }
    guard let found else { throw missing("type", in: place) }
    return String(decoding: try string(found, place + ".type"), as: UTF8.self)
  }

  // Errors.

  func malformed(_ place: String, _ reason: String) -> TokenizerError {
    TokenizerError(code: .malformed, file: name, place: place, reason: reason)
  }

  func missing(_ field: String, in place: String) -> TokenizerError {
    malformed(place, "expected a member \"\(field)\", found none")
  }

  func wrongKind(_ node: Int, _ place: String, _ expected: String) -> TokenizerError {
    let found =
      switch document.kind(node) {
      case .null: "null"
      case .falsehood: "false"
      case .truth: "true"
      case .number: "a number"
      case .string: "a string"
      case .array: "an array"
      case .object: "an object"
      }
    return malformed(place, "expected \(expected), found \(found)")
  }

  func unsupported(
    _ place: String, expected: String, found: some Sequence<UInt8>
  ) -> TokenizerError {
    TokenizerError(
      code: .unsupported, file: name, place: place,
      reason: "expected \(expected), found \"\(String(decoding: Array(found), as: UTF8.self))\"")
  }

  private func join(_ place: String, _ name: ArraySlice<UInt8>) -> String {
    let name = String(decoding: name, as: UTF8.self)
    return place.isEmpty ? name : "\(place).\(name)"
  }
}
