#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Takes the text out of a line of a JSON Lines file: an object that has it as a string field.
struct JSONTextField {
  /// The field's name.
  let name: String
  private let decoder: JSONDecoder

  init(_ name: String) {
    self.name = name
    decoder = JSONDecoder()
    if let key = Line.fieldKey { decoder.userInfo[key] = name }
  }

  /// The field's text as UTF-8; a blank line is an empty text.
  ///
  /// - Throws: `DataError` if the line is not an object or its field is missing or not a string.
  func text(in line: [UInt8], file: String, line number: Int) throws(DataError) -> [UInt8] {
    guard !line.allSatisfy(DocumentReader.isWhiteSpace) else { return [] }
    do {
      return Array(try decoder.decode(Line.self, from: Data(line)).text.utf8)
    } catch let error as DecodingError {
      throw DataError(
        .malformedJSON, file: file, line: number,
        expected: "a JSON object with the text in \"\(name)\"", found: Self.found(error))
    } catch {
      throw DataError(
        .malformedJSON, file: file, line: number,
        expected: "a JSON object with the text in \"\(name)\"", found: "\(error)")
    }
  }

  private static func found(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound: "no such field"
    case .valueNotFound: "null"
    case .typeMismatch(_, let context) where context.codingPath.isEmpty: "no object"
    case .typeMismatch: "a field that is not a string"
    default: "no valid JSON"
    }
  }

  /// The one field of the object, whose name the decoder's user information holds.
  private struct Line: Decodable {
    static let fieldKey = CodingUserInfoKey(rawValue: "field")
    let text: String

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let name = Self.fieldKey.flatMap { decoder.userInfo[$0] as? String } ?? "text"
      text = try decoder.container(keyedBy: Key.self)
        .decode(String.self, forKey: Key(stringValue: name))
    }
  }
}
