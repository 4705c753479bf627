#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Looks for names that an object of a JSON text has more than once.
///
/// Decoders keep one of the values and drop the others without a word.
enum RepeatedKeys {
  /// The first name that is there again in the same object; nil where there is none.
  ///
  /// - Parameter json: A text that is known to be valid JSON.
  static func first(in json: [UInt8]) -> String? {
    // The names of each object that is open; nil for an array.
    var open: [Set<[UInt8]>?] = []
    var place = 0
    while place < json.count {
      switch json[place] {
      case UInt8(ascii: "{"): open.append([])
      case UInt8(ascii: "["): open.append(nil)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: "\""):
        let start = place
        place = end(ofStringAt: start, in: json)
        guard isName(endingAt: place, in: json), let last = open.indices.last else { break }
        let name = plain(json[start...min(place, json.count - 1)])
        if open[last]?.insert(name).inserted == false {
          return String(decoding: name, as: UTF8.self)
        }
      default: break
      }
      place += 1
    }
    return nil
  }

  /// The place of the quote that ends a string.
  private static func end(ofStringAt start: Int, in json: [UInt8]) -> Int {
    var place = start + 1
    while place < json.count, json[place] != UInt8(ascii: "\"") {
      place += json[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return place
  }

  private static func isName(endingAt end: Int, in json: [UInt8]) -> Bool {
    json.dropFirst(end + 1).first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ":")
  }

  /// The characters of a string in quotes, as one writes them without escapes.
  private static func plain(_ string: ArraySlice<UInt8>) -> [UInt8] {
    guard string.contains(UInt8(ascii: "\\")),
      let text = try? JSONDecoder().decode(String.self, from: Data(string))
    else { return Array(string.dropFirst().dropLast()) }
    return Array(text.utf8)
  }
}
