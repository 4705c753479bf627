#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads the JSON of a safetensors header from its first byte to its last.
///
/// A general decoder takes a second and more for a hundred thousand tensors, and of a name that is
/// there twice it drops one without a word.
struct HeaderScanner {
  /// What is wrong with the text.
  enum Problem: Error {
    /// It is no JSON, or other JSON than a header is.
    case malformed
    /// An object has this name twice.
    case repeated(String)
  }

  /// What the header says of one tensor, not yet compared with anything.
  struct Tensor {
    var type = ""
    var shape: [Int] = []
    var offsets: [Int] = []
  }

  /// Objects and lists inside one another in what is passed over.
  private static let deepest = 100

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The tensors, in the order of the text; names are not compared.
  mutating func tensors() throws(Problem) -> [(name: String, tensor: Tensor)] {
    var tensors: [(name: String, tensor: Tensor)] = []
    var hasMetadata = false
    try members { scanner, name throws(Problem) in
      guard name == "__metadata__" else {
        tensors.append((name, try scanner.tensor()))
        return
      }
      if hasMetadata { throw .repeated(name) }
      hasMetadata = true
      try scanner.skipValue(depth: 1)
    }
    skipSpace()
    guard place == bytes.count else { throw .malformed }
    return tensors
  }

  private mutating func tensor() throws(Problem) -> Tensor {
    var tensor = Tensor()
    var found: Set<String> = []
    try members { scanner, key throws(Problem) in
      if !found.insert(key).inserted { throw .repeated(key) }
      switch key {
      case "dtype": tensor.type = try scanner.string()
      case "shape": tensor.shape = try scanner.numbers()
      case "data_offsets": tensor.offsets = try scanner.numbers()
      default: try scanner.skipValue(depth: 2)
      }
    }
    guard ["dtype", "shape", "data_offsets"].allSatisfy(found.contains) else { throw .malformed }
    return tensor
  }

  /// Reads an object, whose values `body` reads.
  private mutating func members(
    _ body: (inout HeaderScanner, _ name: String) throws(Problem) -> Void
  ) throws(Problem) {
    try expect("{")
    if take("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try body(&self, name)
    } while take(",")
    try expect("}")
  }

  private mutating func numbers() throws(Problem) -> [Int] {
    try expect("[")
    var numbers: [Int] = []
    if take("]") { return numbers }
    repeat { numbers.append(try number()) } while take(",")
    try expect("]")
    return numbers
  }

  /// A whole number.
  private mutating func number() throws(Problem) -> Int {
    skipSpace()
    let start = place
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") { place += 1 }
    let digits = place
    while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
    let isZeroFirst = place - digits > 1 && bytes[digits] == UInt8(ascii: "0")
    guard !isZeroFirst, let number = Int(text(start..<place)) else { throw .malformed }
    return number
  }

  private mutating func string() throws(Problem) -> String {
    try expect("\"")
    let start = place
    var hasEscapes = false
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      guard bytes[place] >= 0x20 else { throw .malformed }
      let isEscape = bytes[place] == UInt8(ascii: "\\")
      hasEscapes = hasEscapes || isEscape
      place += isEscape ? 2 : 1
    }
    guard place < bytes.count else { throw .malformed }
    place += 1
    let inner = UnsafeBufferPointer(rebasing: bytes[start..<place - 1])
    if hasEscapes {
      let quoted = Data(UnsafeBufferPointer(rebasing: bytes[start - 1..<place]))
      guard let text = try? JSONDecoder().decode(String.self, from: quoted) else {
        throw .malformed
      }
      return text
    }
    guard let text = String(validating: inner, as: UTF8.self) else { throw .malformed }
    return text
  }

  /// Passes over a value of any kind.
  private mutating func skipValue(depth: Int) throws(Problem) {
    guard depth < Self.deepest else { throw .malformed }
    skipSpace()
    guard place < bytes.count else { throw .malformed }
    switch bytes[place] {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "{"):
      var names: Set<String> = []
      try members { scanner, name throws(Problem) in
        if !names.insert(name).inserted { throw .repeated(name) }
        try scanner.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      place += 1
      if take("]") { return }
      repeat { try skipValue(depth: depth + 1) } while take(",")
      try expect("]")
    default:
      let start = place
      while place < bytes.count, !",]} \t\r\n".utf8.contains(bytes[place]) { place += 1 }
      let word = text(start..<place)
      guard ["true", "false", "null"].contains(word) || Double(word)?.isFinite == true else {
        throw .malformed
      }
    }
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  private mutating func skipSpace() {
    while place < bytes.count, bytes[place] <= 0x20 {
      switch bytes[place] {
      case 0x20, 0x09, 0x0A, 0x0D: place += 1
      default: return
      }
    }
  }

  /// Passes over a character if it comes next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Problem) {
    guard take(character) else { throw .malformed }
  }
}
