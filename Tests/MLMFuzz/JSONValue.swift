/// A JSON text in parts that can be changed: numbers are spelled, names may repeat.
indirect enum JSONValue: Sendable {
  /// What stands in the text as it is: numbers, literals and things that are no JSON.
  case verbatim(String)
  case string([UInt8])
  case array([JSONValue])
  case object([(name: [UInt8], value: JSONValue)])

  static let null = JSONValue.verbatim("null")
  static func bool(_ value: Bool) -> JSONValue { .verbatim(value ? "true" : "false") }
  static func number(_ value: Int) -> JSONValue { .verbatim("\(value)") }
  static func string(_ text: String) -> JSONValue { .string(Array(text.utf8)) }
  static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { (Array($0.0.utf8), $0.1) })
  }

  /// A component with a type and settings.
  static func component(_ type: String, _ settings: [(String, JSONValue)] = []) -> JSONValue {
    .object([("type", .string(type))] + settings)
  }

  /// The text.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .verbatim(let text): bytes += text.utf8
    case .string(let text): Self.append(text, to: &bytes)
    case .array(let elements):
      bytes += "[".utf8
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes += ",".utf8 }
        element.append(to: &bytes)
      }
      bytes += "]".utf8
    case .object(let members):
      bytes += "{".utf8
      for (index, member) in members.enumerated() {
        if index > 0 { bytes += ",".utf8 }
        Self.append(member.name, to: &bytes)
        bytes += ":".utf8
        member.value.append(to: &bytes)
      }
      bytes += "}".utf8
    }
  }

  private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
    bytes += "\"".utf8
    for byte in text {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += "\\u00\(byte < 16 ? "0" : "")\(digits)".utf8
      default: bytes.append(byte)
      }
    }
    bytes += "\"".utf8
  }

  /// How many values there are, this one included.
  var count: Int {
    switch self {
    case .verbatim, .string: 1
    case .array(let elements): elements.reduce(1) { $0 + $1.count }
    case .object(let members): members.reduce(1) { $0 + $1.value.count }
    }
  }

  /// Changes the value at `place`, counted as `count` counts, this one being 0.
  mutating func change(at place: Int, _ change: (inout JSONValue) -> Void) {
    if place == 0 { return change(&self) }
    var rest = place - 1
    switch self {
    case .verbatim, .string: return
    case .array(var elements):
      for index in elements.indices {
        let size = elements[index].count
        if rest < size {
          elements[index].change(at: rest, change)
          break
        }
        rest -= size
      }
      self = .array(elements)
    case .object(var members):
      for index in members.indices {
        let size = members[index].value.count
        if rest < size {
          members[index].value.change(at: rest, change)
          break
        }
        rest -= size
      }
      self = .object(members)
    }
  }

  /// The value at `place`.
  func value(at place: Int) -> JSONValue {
    var copy = self
    var found = JSONValue.null
    copy.change(at: place) { found = $0 }
    return found
  }
}
