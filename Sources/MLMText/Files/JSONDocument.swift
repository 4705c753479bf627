/// A JSON text (RFC 8259) as a flat list of nodes: names keep their order and strings are bytes.
///
/// A node is found by its place in the list; its children follow it. A vocabulary of 250,000
/// entries is so a few large arrays instead of a million small ones.
struct JSONDocument: Sendable {
  /// The kinds of value.
  enum Kind: UInt8, Sendable {
    case null, falsehood, truth, number, string, array, object
  }

  private struct Node {
    var kind: Kind
    /// Where the string or the number stands in `text`.
    var start: Int
    var length: Int
    /// The place after the node and all it holds.
    var end: Int
    /// How many elements or members it holds.
    var count: Int
  }

  private var nodes: [Node] = []
  private var text: [UInt8] = []

  /// The place of the outermost value.
  static let root = 0

  /// Reads a document; errors have the place as `byte N`.
  init(_ bytes: [UInt8], name: String) throws(TokenizerError) {
    var parser = JSONParser(bytes, name: name)
    self.init()
    try parser.parse(into: &self)
  }

  private init() {}

  /// The kind of the value at `node`.
  func kind(_ node: Int) -> Kind { nodes[node].kind }

  /// The number of elements or members of the value at `node`.
  func count(_ node: Int) -> Int { nodes[node].count }

  /// The bytes of the string, or the digits of the number, at `node`.
  func bytes(_ node: Int) -> ArraySlice<UInt8> {
    text[nodes[node].start..<nodes[node].start + nodes[node].length]
  }

  /// The whole number at `node`, or nil if the value is none or does not fit.
  func integer(_ node: Int) -> Int? {
    guard kind(node) == .number else { return nil }
    return Int(String(decoding: bytes(node), as: UTF8.self))
  }

  /// The number at `node`, or nil if the value is none.
  func double(_ node: Int) -> Double? {
    guard kind(node) == .number else { return nil }
    return Double(String(decoding: bytes(node), as: UTF8.self))
  }

  /// Calls `body` with each element of the array at `node`.
  func forEachElement<Failure: Error>(
    _ node: Int, _ body: (_ index: Int, _ element: Int) throws(Failure) -> Void
  ) throws(Failure) {
    var child = node + 1
    for index in 0..<nodes[node].count {
      try body(index, child)
      child = nodes[child].end
    }
  }

  /// Calls `body` with the name and the value of each member of the object at `node`.
  func forEachMember<Failure: Error>(
    _ node: Int, _ body: (_ name: Int, _ value: Int) throws(Failure) -> Void
  ) throws(Failure) {
    var child = node + 1
    for _ in 0..<nodes[node].count {
      let value = nodes[child].end
      try body(child, value)
      child = nodes[value].end
    }
  }

  // What follows is for the parser.

  /// Adds a value without content and returns its place.
  mutating func open(_ kind: Kind) -> Int {
    nodes.append(
      Node(kind: kind, start: text.count, length: 0, end: nodes.count + 1, count: 0))
    return nodes.count - 1
  }

  /// Ends the value at `node`, with the text added since it was opened.
  mutating func close(_ node: Int, count: Int = 0) {
    nodes[node].length = text.count - nodes[node].start
    nodes[node].end = nodes.count
    nodes[node].count = count
  }

  /// Adds bytes of a string or a number.
  mutating func append(_ bytes: ArraySlice<UInt8>) { text.append(contentsOf: bytes) }

  /// Adds an escaped character of a string.
  mutating func append(scalar: UInt32) { UTF8Scalar.append(scalar, to: &text) }
}
