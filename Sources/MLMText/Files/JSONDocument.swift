/// A JSON text (RFC 8259) as a flat list of nodes: names keep their order and strings are bytes.
///
/// A node is found by its place in the list; its children follow it. Strings without escapes stay
/// where they are in the text, so a vocabulary of 250,000 entries is two large arrays instead of a
/// million small ones.
package struct JSONDocument: Sendable {
  /// The kinds of value.
  enum Kind: UInt8, Sendable {
    case null, falsehood, truth, number, string, array, object
  }

  /// 16 bytes, since large documents have more than a million of them.
  fileprivate struct Node {
    /// Where the string or the number stands in `text`.
    var start: UInt32
    /// How many bytes it has there; how many elements or members an array or an object holds.
    var count: UInt32
    /// The place after the node and all it holds.
    var end: UInt32
    var kind: Kind
  }

  private var nodes: [Node] = []
  private let text: [UInt8]
  /// The strings that are written with escapes, as they are meant; their places have the highest
  /// bit set.
  private var unescaped: [UInt8] = []

  /// The place of the outermost value.
  package static let root = 0

  /// The longest document: places fit in 31 bits.
  static let longestText = Int(Int32.max)

  /// Reads a document; errors have the place as `byte N`.
  package init(_ bytes: [UInt8], name: String) throws(TokenizerError) {
    text = bytes
    // About what a vocabulary takes; too many cost address space only.
    nodes.reserveCapacity(bytes.count / 12 + 16)
    var encodingFailure: TokenizerError?
    var failure: TokenizerError?
    bytes.withUnsafeBufferPointer { bytes in
      let parser = JSONParser(bytes, name: name)
      // The encoding of a large document is looked at meanwhile.
      let isLarge = bytes.count > 1 << 20
      if isLarge {
        WorkerThreads.run(2) { part in
          if part == 0 {
            failure = parse(parser)
          } else {
            encodingFailure = Self.failure(of: parser)
          }
        }
      } else {
        encodingFailure = Self.failure(of: parser)
        if encodingFailure == nil { failure = parse(parser) }
      }
    }
    if let failure = encodingFailure ?? failure { throw failure }
  }

  private mutating func parse(_ parser: JSONParser) -> TokenizerError? {
    var parser = parser
    do throws(TokenizerError) {
      try parser.checkLength()
      try parser.parse(into: &self)
      return nil
    } catch {
      return error
    }
  }

  private static func failure(of parser: JSONParser) -> TokenizerError? {
    do throws(TokenizerError) {
      try parser.checkEncoding()
      return nil
    } catch {
      return error
    }
  }

  /// The kind of the value at `node`.
  func kind(_ node: Int) -> Kind { nodes[node].kind }

  /// The number of elements or members of the value at `node`.
  package func count(_ node: Int) -> Int {
    let node = nodes[node]
    return node.kind == .array || node.kind == .object ? Int(node.count) : 0
  }

  /// The bytes of the string, or the digits of the number, at `node`.
  package func bytes(_ node: Int) -> ArraySlice<UInt8> {
    let (range, isEscaped) = place(node)
    return isEscaped ? unescaped[range] : text[range]
  }

  /// Where the string or the number at `node` stands, and in which text.
  @inline(__always)
  private func place(_ node: Int) -> (range: Range<Int>, isEscaped: Bool) {
    let node = nodes[node]
    guard node.kind == .string || node.kind == .number else { return (0..<0, false) }
    let start = Int(node.start & 0x7FFF_FFFF)
    return (start..<start + Int(node.count), node.start >> 31 == 1)
  }

  /// The document for loops over all of a vocabulary: without checks, and without counting references,
  /// for which threads would wait for each other.
  struct View {
    fileprivate let nodes: UnsafeBufferPointer<Node>
    fileprivate let text: UnsafeBufferPointer<UInt8>
    fileprivate let unescaped: UnsafeBufferPointer<UInt8>

    /// The kind of the value at `node`.
    @inline(__always)
    func kind(_ node: Int) -> Kind { nodes[node].kind }

    /// The number of elements or members of the array or the object at `node`.
    @inline(__always)
    func count(_ node: Int) -> Int { Int(nodes[node].count) }

    /// The place after the value at `node` and all it holds.
    @inline(__always)
    func end(_ node: Int) -> Int { Int(nodes[node].end) }

    /// The bytes of the string, or the digits of the number, at `node`.
    @inline(__always)
    func bytes(_ node: Int) -> UnsafeBufferPointer<UInt8> {
      let node = nodes[node]
      let start = Int(node.start & 0x7FFF_FFFF)
      let range = start..<start + Int(node.count)
      return UnsafeBufferPointer(
        rebasing: node.start >> 31 == 1 ? unescaped[range] : text[range])
    }

    /// The number at `node`, if it is one of at most 18 digits and nothing else: nearly all are.
    @inline(__always)
    func digits(_ node: Int) -> Int? {
      guard kind(node) == .number, count(node) <= 18 else { return nil }
      var value = 0
      for byte in bytes(node) {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        value = 10 &* value &+ Int(digit)
      }
      return value
    }
  }

  /// Calls `body` with the document for reading quickly.
  func withView<Result, Failure: Error>(
    _ body: (View) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result: Swift.Result<Result, Failure> = nodes.withUnsafeBufferPointer { nodes in
      text.withUnsafeBufferPointer { text in
        unescaped.withUnsafeBufferPointer { unescaped in
          do throws(Failure) {
            return .success(
              try body(View(nodes: nodes, text: text, unescaped: unescaped)))
          } catch {
            return .failure(error)
          }
        }
      }
    }
    return try result.get()
  }

  /// The whole number at `node`, or nil if the value is none or does not fit.
  func integer(_ node: Int) -> Int? {
    guard kind(node) == .number else { return nil }
    let (range, _) = place(node)
    // Nearly all are identifiers: a few digits and nothing else.
    if range.count <= 18 {
      var value = 0
      var isPlain = true
      for i in range {
        let digit = text[i] &- UInt8(ascii: "0")
        isPlain = isPlain && digit < 10
        value = 10 &* value &+ Int(digit)
      }
      if isPlain { return value }
    }
    return Int(String(decoding: text[range], as: UTF8.self))
  }

  /// The number at `node`, or nil if the value is none.
  func double(_ node: Int) -> Double? {
    guard kind(node) == .number else { return nil }
    return DecimalNumber.double(bytes(node))
  }

  /// Calls `body` with each element of the array at `node`.
  @inline(__always)
  package func forEachElement<Failure: Error>(
    _ node: Int, _ body: (_ index: Int, _ element: Int) throws(Failure) -> Void
  ) throws(Failure) {
    var child = node + 1
    for index in 0..<count(node) {
      try body(index, child)
      child = end(child)
    }
  }

  /// Calls `body` with the name and the value of each member of the object at `node`.
  @inline(__always)
  func forEachMember<Failure: Error>(
    _ node: Int, _ body: (_ name: Int, _ value: Int) throws(Failure) -> Void
  ) throws(Failure) {
    var child = node + 1
    for _ in 0..<count(node) {
      let value = end(child)
      try body(child, value)
      child = end(value)
    }
  }

  /// The place after the value at `node` and all it holds.
  @inline(__always)
  func end(_ node: Int) -> Int { Int(nodes[node].end) }

  // What follows is for the parser.

  /// Adds an array or an object, to be closed, and returns its place.
  mutating func open(_ kind: Kind) -> Int {
    nodes.append(Node(start: 0, count: 0, end: 0, kind: kind))
    return nodes.count - 1
  }

  /// Ends the array or object at `node`.
  mutating func close(_ node: Int, count: Int = 0) {
    nodes[node].end = UInt32(nodes.count)
    nodes[node].count = UInt32(count)
  }

  /// Adds any other value, which stands at `range` of the document.
  @inline(__always)
  mutating func add(_ kind: Kind, _ range: Range<Int>) {
    nodes.append(
      Node(
        start: UInt32(truncatingIfNeeded: range.lowerBound),
        count: UInt32(truncatingIfNeeded: range.count),
        end: UInt32(truncatingIfNeeded: nodes.count + 1), kind: kind))
  }

  /// Adds a string that is not in the document as it is meant.
  mutating func add(unescaped string: [UInt8]) {
    let start = unescaped.count | 1 << 31
    unescaped += string
    add(.string, start..<start + string.count)
  }
}
