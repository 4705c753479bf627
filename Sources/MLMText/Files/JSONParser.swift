/// Reads JSON strictly: nothing that RFC 8259 does not allow, no more than `deepest` levels.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let name: String
  private var position = 0

  /// How deep values may lie in each other; a tokenizer.json needs about ten levels.
  static let deepest = 128

  /// Prepares to read `bytes`, which must stay where they are.
  init(_ bytes: UnsafeBufferPointer<UInt8>, name: String) {
    self.bytes = bytes
    self.name = name
  }

  /// Throws an error if the document is too long.
  func checkLength() throws(TokenizerError) {
    guard bytes.count <= JSONDocument.longestText else {
      throw error("expected at most 2 GiB, found \(bytes.count) bytes", at: nil)
    }
  }

  /// Throws an error if the document is not UTF-8, which `parse` does not look at.
  func checkEncoding() throws(TokenizerError) {
    guard UTF8Repair.isValid(bytes) else {
      throw error("expected UTF-8, found other bytes", at: nil)
    }
  }

  /// Fills an empty document.
  mutating func parse(into document: inout JSONDocument) throws(TokenizerError) {
    skipSpace()
    try value(&document, depth: 0)
    skipSpace()
    if position < bytes.count { throw error("expected the end of the document") }
  }

  private mutating func value(
    _ document: inout JSONDocument, depth: Int
  ) throws(TokenizerError) {
    guard depth < Self.deepest else {
      throw error("expected at most \(Self.deepest) levels of nesting, found more", at: position)
    }
    switch peek() {
    case UInt8(ascii: "{"): try object(&document, depth: depth)
    case UInt8(ascii: "["): try array(&document, depth: depth)
    case UInt8(ascii: "\""): try string(&document)
    case UInt8(ascii: "t"): try word("true", .truth, &document)
    case UInt8(ascii: "f"): try word("false", .falsehood, &document)
    case UInt8(ascii: "n"): try word("null", .null, &document)
    case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
      try number(&document)
    default: throw error("expected a value")
    }
  }

  private mutating func object(
    _ document: inout JSONDocument, depth: Int
  ) throws(TokenizerError) {
    let node = document.open(.object)
    var count = 0
    position += 1
    skipSpace()
    if peek() == UInt8(ascii: "}") {
      position += 1
      return document.close(node)
    }
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw error("expected a name in quotation marks") }
      try string(&document)
      skipSpace()
      guard peek() == UInt8(ascii: ":") else { throw error("expected \":\"") }
      position += 1
      skipSpace()
      try value(&document, depth: depth + 1)
      count += 1
      skipSpace()
      switch peek() {
      case UInt8(ascii: ","):
        position += 1
        skipSpace()
      case UInt8(ascii: "}"):
        position += 1
        return document.close(node, count: count)
      default: throw error("expected \",\" or \"}\"")
      }
    }
  }

  private mutating func array(
    _ document: inout JSONDocument, depth: Int
  ) throws(TokenizerError) {
    let node = document.open(.array)
    var count = 0
    position += 1
    skipSpace()
    if peek() == UInt8(ascii: "]") {
      position += 1
      return document.close(node)
    }
    while true {
      try value(&document, depth: depth + 1)
      count += 1
      skipSpace()
      switch peek() {
      case UInt8(ascii: ","):
        position += 1
        skipSpace()
      case UInt8(ascii: "]"):
        position += 1
        return document.close(node, count: count)
      default: throw error("expected \",\" or \"]\"")
      }
    }
  }

  private mutating func string(_ document: inout JSONDocument) throws(TokenizerError) {
    let opening = position
    position += 1
    skipPlain()
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      document.add(.string, opening + 1..<position)
      position += 1
      return
    }
    var unescaped = Array(bytes[opening + 1..<position])
    while true {
      switch peek() {
      case UInt8(ascii: "\""):
        position += 1
        return document.add(unescaped: unescaped)
      case UInt8(ascii: "\\"): UTF8Scalar.append(try escape(), to: &unescaped)
      case nil: throw error("expected the end of the string that begins at byte \(opening)")
      default: throw error("expected an escaped control character")
      }
      let start = position
      skipPlain()
      unescaped.append(contentsOf: bytes[start..<position])
    }
  }

  /// Goes to the next quotation mark, backslash or control character.
  @inline(__always)
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    while let eight = eightBytes() {
      // A byte that underflows without having its high bit set was smaller than what was taken
      // away; the lowest such byte is exact, and it is the one that counts.
      let quotes = eight ^ (0x22 &* ones)
      let slashes = eight ^ (0x5C &* ones)
      let found =
        ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
          | (eight &- 0x20 &* ones) & ~eight) & (0x80 &* ones)
      if found != 0 {
        position += found.trailingZeroBitCount / 8
        return
      }
      position += 8
    }
    while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""),
      bytes[position] != UInt8(ascii: "\\")
    {
      position += 1
    }
  }

  /// The next eight bytes, the first one lowest, if there are so many.
  @inline(__always)
  private func eightBytes() -> UInt64? {
    guard position + 8 <= bytes.count, let base = UnsafeRawPointer(bytes.baseAddress) else {
      return nil
    }
    return base.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
  }

  /// Reads an escape; a pair of them for a character beyond U+FFFF.
  private mutating func escape() throws(TokenizerError) -> UInt32 {
    position += 1
    guard let letter = peek() else { throw error("expected an escape") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt32(letter)
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"): break
    default:
      position -= 1
      throw error("expected an escape")
    }
    let first = try hexadecimal()
    switch first {
    case 0xD800..<0xDC00:
      guard peek() == UInt8(ascii: "\\"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw error("expected the second half of a surrogate pair") }
      position += 2
      let second = try hexadecimal()
      guard (0xDC00..<0xE000).contains(second) else {
        throw error("expected the second half of a surrogate pair before this")
      }
      return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    case 0xDC00..<0xE000: throw error("expected the first half of a surrogate pair before this")
    default: return first
    }
  }

  private mutating func hexadecimal() throws(TokenizerError) -> UInt32 {
    var result: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
        byte < 0x80
      else { throw error("expected four hexadecimal digits") }
      result = result << 4 | UInt32(digit)
      position += 1
    }
    return result
  }

  private mutating func number(_ document: inout JSONDocument) throws(TokenizerError) {
    let start = position
    if peek() == UInt8(ascii: "-") { position += 1 }
    if peek() == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if peek() == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      position += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    document.add(.number, start..<position)
  }

  private mutating func digits() throws(TokenizerError) {
    let start = position
    while let byte = peek(), byte &- 0x30 < 10 { position += 1 }
    if position == start { throw error("expected a digit") }
  }

  private mutating func word(
    _ word: StaticString, _ kind: JSONDocument.Kind, _ document: inout JSONDocument
  ) throws(TokenizerError) {
    let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
    guard matches else { throw error("expected a value") }
    position += word.utf8CodeUnitCount
    document.add(kind, position..<position)
  }

  @inline(__always)
  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  @inline(__always)
  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20 {
      // Files are indented.
      if eightBytes() == 0x2020_2020_2020_2020 {
        position += 8
        continue
      }
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// An error at the present position that says what stands there.
  private func error(_ expectation: String) -> TokenizerError {
    guard let byte = peek() else {
      return error(expectation + ", found the end of the document", at: position)
    }
    let found =
      (0x20..<0x7F).contains(byte)
      ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte 0x\(String(byte, radix: 16))"
    return error(expectation + ", found " + found, at: position)
  }

  private func error(_ reason: String, at position: Int?) -> TokenizerError {
    TokenizerError(
      code: .malformed, file: name, place: position.map { "byte \($0)" } ?? "", reason: reason)
  }
}
