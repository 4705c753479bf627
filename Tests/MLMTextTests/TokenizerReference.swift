import MLMText
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What Hugging Face tokenizers 0.23.3 does, made by Tests/Reference/tokenizer_reference.py.
struct TokenizerReference: Decodable {
  struct Encoded: Decodable {
    var text: String
    var ids: [Int32]
    var offsets: [[Int]]
  }

  struct Variant: Decodable {
    var name: String
    /// Members of the document that are different, as JSON.
    var change: [String: String]
    var encodings: [Encoded]
  }

  struct Training: Decodable {
    var size: Int
    var frequency: Int
    var limit: Int?
    var merges: [String]
  }

  struct Characters: Decodable {
    var letter: String
    var number: String
    var space: String
    var lowercase: String
  }

  var text: String
  var tokenizer: String
  var variants: [Variant]
  var runs: [String]
  var trainings: [Training]
  var characters: Characters

  static let shared: TokenizerReference? = {
    let directory = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    guard
      let bytes = try? FileContents.read("/" + directory + "/Reference/tokenizer_reference.json")
    else { return nil }
    return try? JSONDecoder().decode(TokenizerReference.self, from: Data(bytes))
  }()

  /// The tokenizer of a variant.
  func tokenizer(_ variant: Variant) throws -> Tokenizer {
    try Tokenizer(json: document(variant.change), name: variant.name)
  }

  /// The saved document with some members of the outermost object replaced.
  func document(_ change: [String: String]) throws -> [UInt8] {
    var text = tokenizer
    for (name, value) in change {
      // Members of the outermost object are the lines with two spaces before the name.
      let start = try #require(text.firstRange(of: "\n  \"\(name)\": ")).upperBound
      let end = try #require(text[start...].firstRange(of: ",\n  \"")).lowerBound
      text.replaceSubrange(start..<end, with: value)
    }
    return Array(text.utf8)
  }

  /// Reads "41-5a 61".
  static func points(_ ranges: String) -> Set<UInt32> {
    var points = Set<UInt32>()
    for range in ranges.split(separator: " ") {
      let ends = range.split(separator: "-").compactMap { UInt32($0, radix: 16) }
      guard let first = ends.first, let last = ends.last else { continue }
      points.formUnion(first...last)
    }
    return points
  }
}

/// A small generator with a seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Text of characters that tokenizers find hard.
  mutating func text(pieces: Int) -> String {
    let hard = [
      "[MASK]", " [MASK]", "[CLS]", "[SEP", " ", "  ", "\t", "\r\n", "\n", "\u{a0}", "\u{3000}",
      "ﬁ",
      "㍿", "\u{fdfa}", "가\u{11a8}", "\u{1161}", "e\u{301}", "\u{301}", "\u{323}\u{302}", "ậ",
      "\u{344}",
      "İ", "ẞ", "'s", "'ll", "12", "½", "👩‍👩‍👧", "🇨🇭", "The", " the", "\u{feff}", "か\u{3099}", "ｶﾞ",
      "漢字", "\u{0}", "...", "--",
    ]
    var text = ""
    for _ in 0..<pieces {
      switch Int.random(in: 0..<10, using: &self) {
      case 0..<6: text += hard[Int.random(in: 0..<hard.count, using: &self)]
      case 6..<8:
        text.unicodeScalars.append(Unicode.Scalar(UInt8.random(in: 32..<127, using: &self)))
      default:
        if let scalar = Unicode.Scalar(UInt32.random(in: 0..<0x30000, using: &self)) {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    return text
  }
}
