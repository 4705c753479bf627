extension DecodingError {
  /// What was expected of a JSON object with numbers, where, and what was found, in words.
  var explanation: String {
    switch self {
    case .typeMismatch(let type, let context):
      let found = Self.found(context).map { ", found \($0)" } ?? ""
      return "\(Self.place(context))expected \(Self.name(of: type))\(found)"
    case .valueNotFound(let type, let context):
      return "\(Self.place(context))expected \(Self.name(of: type)), found null"
    case .keyNotFound(let key, let context):
      return "\(Self.place(context))expected a key \(key.stringValue)"
    // The decoder does not tell broken JSON from a number that its type cannot hold.
    default: return "expected a JSON object with sizes in whole numbers, found other bytes"
    }
  }

  /// Keys joined by points, and places in lists in brackets.
  private static func place(_ context: Context) -> String {
    var place = ""
    for key in context.codingPath {
      // Keys of objects that are numbers have a value too.
      if let index = key.intValue, key.stringValue.hasPrefix("Index ") {
        place += "[\(index)]"
      } else {
        place += (place.isEmpty ? "" : ".") + key.stringValue
      }
    }
    return place.isEmpty ? "" : place + ": "
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is Int.Type: return "a whole number"
    case is Double.Type, is Float.Type: return "a number"
    case is String.Type: return "a string"
    case is Bool.Type: return "true or false"
    default:
      let name = "\(type)"
      return name.hasPrefix("Array") || name.hasPrefix("Optional<Array")
        ? "a list" : name.hasPrefix("_") ? "another value" : "an object"
    }
  }

  /// The kind of value that the decoder says it found instead, as JSON calls it.
  private static func found(_ context: Context) -> String? {
    let kinds = [
      ("dictionary", "an object"), ("array", "a list"), ("string", "a string"),
      ("bool", "true or false"), ("number", "a number"), ("null", "null"),
    ]
    guard let start = context.debugDescription.lastRange(of: "found ") else { return nil }
    let words = context.debugDescription[start...].lowercased()
    return kinds.first { words.contains($0.0) }?.1
  }
}

extension String {
  /// Where the text after the last occurrence of `words` starts.
  fileprivate func lastRange(of words: String) -> String.Index? {
    ranges(of: words).last?.upperBound
  }
}
