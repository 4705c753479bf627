/// Writes JSON with two spaces a level, one member or element a line.
///
/// That is the layout of `Tokenizer.save` in Hugging Face tokenizers, byte for byte.
package struct JSONWriter {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true

  /// Has written nothing.
  package init() {}

  /// Writes an object whose members `members` writes.
  mutating func object(_ members: (inout JSONWriter) -> Void) {
    nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
  }

  /// Writes an array whose elements `elements` writes, each after a call of `element()`.
  package mutating func array(_ elements: (inout JSONWriter) -> Void) {
    nest(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
  }

  /// Begins an element of an array.
  package mutating func element() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    newLine()
  }

  /// Begins a member of an object: its name.
  mutating func name(_ name: some Sequence<UInt8>) {
    element()
    string(name)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(UInt8(ascii: " "))
  }

  /// Begins a member of an object: its name.
  mutating func name(_ name: String) { self.name(name.utf8) }

  /// Writes a member.
  mutating func member(_ name: String, _ value: String) {
    self.name(name)
    string(value)
  }

  /// Writes a member.
  mutating func member(_ name: String, _ value: Int) {
    self.name(name)
    number(value)
  }

  /// Writes a member.
  mutating func member(_ name: String, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  /// Writes a whole number.
  mutating func number(_ value: Int) { bytes += String(value).utf8 }

  /// Writes a finite number with as few digits as give it back.
  mutating func number(_ value: Double) { bytes += value.description.utf8 }

  /// Writes a truth value.
  mutating func bool(_ value: Bool) { bytes += (value ? "true" : "false").utf8 }

  /// Writes null.
  mutating func null() { bytes += "null".utf8 }

  /// Writes a string of UTF-8 bytes; only what must be escaped is.
  package mutating func string(_ text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x08: bytes += "\\b".utf8
      case 0x0C: bytes += "\\f".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case 0..<0x20:
        bytes += "\\u00".utf8
        bytes += (byte < 0x10 ? "0" : "").utf8
        bytes += String(byte, radix: 16).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a string.
  mutating func string(_ text: String) { string(text.utf8) }

  private mutating func nest(
    _ opening: UInt8, _ closing: UInt8, _ content: (inout JSONWriter) -> Void
  ) {
    bytes.append(opening)
    depth += 1
    isFirst = true
    content(&self)
    depth -= 1
    if !isFirst { newLine() }
    isFirst = false
    bytes.append(closing)
  }

  private mutating func newLine() {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<2 * depth { bytes.append(UInt8(ascii: " ")) }
  }
}
