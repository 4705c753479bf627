import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Token ids as `tokenizer encode` prints them.
package enum TokenIDs {
  private struct Line: Decodable { var ids: [Int32] }

  /// Reads a line: ids separated by white space, or a JSON object with the key `ids`.
  ///
  /// - Throws: `TokenizerError` without a file.
  package static func read(_ line: [UInt8]) throws -> [Int32] {
    if line.first == UInt8(ascii: "{") {
      guard let decoded = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
        throw TokenizerError(
          code: .malformed, reason: "expected a JSON object with the key \"ids\", found other JSON")
      }
      return decoded.ids
    }
    let words = line.split { $0 == UInt8(ascii: " ") || (0x09...0x0D).contains($0) }
    return try words.map { word in
      let text = String(decoding: word, as: UTF8.self)
      guard let id = Int32(text) else {
        throw TokenizerError(
          code: .malformed, reason: "expected ids separated by spaces, found \"\(text)\"")
      }
      return id
    }
  }
}
