import Foundation
import MLMText
import Testing

/// What Hugging Face tokenizers 0.23.3 does with small tokenizers, one component at a time; made by
/// Tests/Reference/component_reference.py.
struct ComponentReference: Decodable {
  /// The tokens of one part of an input.
  struct Part: Decodable {
    var ids: [Int32]
    /// Starts and ends in UTF-8 bytes, one after the other.
    var offsets: [Int]
    var types: [Int32]?
    var special: [Int]?
    var attended: [Int]?
  }

  /// A text or a pair of texts.
  struct Case: Decodable {
    var first: String
    var second: String?
    var special: Bool
    var parts: [Part]
  }

  struct Decoding: Decodable {
    var ids: [Int32]
    var text: String
  }

  /// A tokenizer: a base with some members of its document replaced, or a document of its own.
  struct Component: Decodable {
    var name: String
    var base: String
    var changes: [String: String]
    var cases: [Case]?
    var decodings: [Decoding]?
  }

  /// The members of each base, as JSON.
  var bases: [String: [String: String]]
  var normalizers: [Component]
  var preTokenizers: [Component]
  var models: [Component]
  var addedTokens: [Component]
  var postProcessors: [Component]
  var lengths: [Component]
  var decoders: [Component]

  static let shared: ComponentReference? = {
    let directory = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    guard
      let bytes = try? FileContents.read("/" + directory + "/Reference/component_reference.json")
    else { return nil }
    return try? JSONDecoder().decode(ComponentReference.self, from: Data(bytes))
  }()

  func tokenizer(_ component: Component) throws -> Tokenizer {
    try Tokenizer(json: document(component), name: component.name)
  }

  /// The tokenizer.json of a component.
  func document(_ component: Component) throws -> [UInt8] {
    if let whole = component.changes[""] { return Array(whole.utf8) }
    return try document(component.base, component.changes)
  }

  /// A base with members replaced.
  func document(_ base: String, _ changes: [String: String]) throws -> [UInt8] {
    let members = try #require(bases[base]).merging(changes) { $1 }
    return Array("{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8)
  }

  /// Compares every case of some components, through each way of encoding.
  static func check(_ components: (ComponentReference) -> [Component]) throws {
    let reference = try #require(shared)
    let components = components(reference)
    #expect(!components.isEmpty)
    for component in components {
      let tokenizer = try reference.tokenizer(component)
      for (index, one) in (component.cases ?? []).enumerated() {
        try check(one, tokenizer, "\(component.name), case \(index)")
      }
      for decoding in component.decodings ?? [] {
        let bytes = UTF8Repair.repaired(try tokenizer.decode(decoding.ids)).bytes
        #expect(
          String(decoding: bytes, as: UTF8.self) == decoding.text, "\(component.name)")
      }
    }
  }

  private static func check(_ one: Case, _ tokenizer: Tokenizer, _ name: String) throws {
    let input = try tokenizer.input(one.first, one.second, addingSpecialTokens: one.special)
    let found = [input] + input.overflowing
    #expect(found.count == one.parts.count, "\(name): parts")
    for (found, expected) in zip(found, one.parts) {
      let zeros = expected.ids.map { _ in 0 }
      #expect(found.ids == expected.ids, "\(name): ids")
      #expect(
        found.offsets.flatMap { [$0.lowerBound, $0.upperBound] } == expected.offsets,
        "\(name): offsets")
      #expect(found.typeIDs == expected.types ?? zeros.map { _ in 0 }, "\(name): types")
      #expect(found.isSpecial.map { $0 ? 1 : 0 } == expected.special ?? zeros, "\(name): special")
      #expect(
        found.isAttended.map { $0 ? 1 : 0 } == expected.attended ?? zeros.map { $0 + 1 },
        "\(name): attended")
    }
    guard one.second == nil, tokenizer.truncation == nil, tokenizer.padding == nil else { return }
    let whole = tokenizer.encode(one.first, addingSpecialTokens: one.special)
    #expect(whole.ids == input.ids, "\(name): ids of a whole text")
    #expect(whole.offsets == input.offsets, "\(name): offsets of a whole text")
    #expect(
      tokenizer.encodeBatch(
        [one.first, one.first], addingSpecialTokens: one.special, threads: 2) == [
          input.ids, input.ids,
        ],
      "\(name): ids without offsets")
  }
}
