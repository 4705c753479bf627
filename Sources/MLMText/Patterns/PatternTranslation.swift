/// Rewrites an Oniguruma expression, as tokenizer files have them, for PCRE2.
///
/// What the two engines read differently is written out; what has no counterpart is an error. Words
/// (`\w`, `\b`) and white space (`\s`) are Oniguruma's.
enum PatternTranslation {
  private static let space =
    #"\x09-\x0D\x20\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}"#
  private static let word =
    #"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{24B6}-\x{24E9}"#
    + #"\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}"#
  /// Outside of sets, superscripts and fractions of Latin-1 are part of words, too.
  private static let bareWord = word + #"\x{B2}\x{B3}\x{B9}\x{BC}-\x{BE}"#
  private static let hexadecimal = "0-9A-Fa-f"

  /// The long names of properties that PCRE2 knows by their short ones only.
  private static let properties = [
    "letter": "L", "uppercaseletter": "Lu", "lowercaseletter": "Ll", "titlecaseletter": "Lt",
    "modifierletter": "Lm", "otherletter": "Lo", "mark": "M", "nonspacingmark": "Mn",
    "spacingmark": "Mc", "enclosingmark": "Me", "number": "N", "decimalnumber": "Nd",
    "letternumber": "Nl", "othernumber": "No", "punctuation": "P", "punct": "P", "symbol": "S",
    "mathsymbol": "Sm", "currencysymbol": "Sc", "modifiersymbol": "Sk", "othersymbol": "So",
    "separator": "Z", "spaceseparator": "Zs", "other": "C", "control": "Cc", "format": "Cf",
    "upper": "Lu", "lower": "Ll", "digit": "Nd",
  ]

  /// Returns the expression for PCRE2.
  static func translated(_ source: [UInt8]) throws(RegularExpression.Failure) -> [UInt8] {
    var result: [UInt8] = []
    var inClass = false
    var isAtClassStart = false
    // How many sets are open inside the set.
    var nesting = 0
    var ignoresCase = false
    let dash = UInt8(ascii: "-")
    // What held before each group that is open.
    var outside: [Bool] = []
    var i = 0
    while i < source.count {
      let byte = source[i]
      let next = i + 1 < source.count ? source[i + 1] : 0
      if ignoresCase, foldsToSeveral(source, at: i, inClass: inClass) {
        throw RegularExpression.Failure(
          reason: "ignoring the case of a letter that is several in another case is not supported")
      }
      if byte == UInt8(ascii: "\\") {
        i += try escape(source, at: i, inClass: inClass, to: &result)
        isAtClassStart = false
        continue
      }
      if inClass {
        if byte == UInt8(ascii: "["), next != UInt8(ascii: ":") {
          // What a set inside a set holds, the outer one holds, too.
          if next == UInt8(ascii: "^") || next == UInt8(ascii: "]")
            || i > 0 && source[i - 1] == dash
          {
            throw RegularExpression.Failure(reason: "such a set inside a set is not supported")
          }
          nesting += 1
          i += 1
          isAtClassStart = false
          continue
        }
        if byte == UInt8(ascii: "]"), nesting > 0 {
          if next == dash {
            throw RegularExpression.Failure(reason: "a range after a set is not supported")
          }
          nesting -= 1
          i += 1
          continue
        }
        if byte == UInt8(ascii: "["),
          let end = source[i...].firstIndex(of: UInt8(ascii: "]"))
        {
          result += source[i...end]
          i = end + 1
          isAtClassStart = false
          continue
        }
        if byte == UInt8(ascii: "&"), next == byte {
          throw RegularExpression.Failure(reason: "an intersection of sets is not supported")
        }
        if byte == UInt8(ascii: "]"), !isAtClassStart { inClass = false }
        isAtClassStart = isAtClassStart && byte == UInt8(ascii: "^")
      } else if byte == UInt8(ascii: "[") {
        inClass = true
        isAtClassStart = true
      } else if byte == UInt8(ascii: "("), next == UInt8(ascii: "?"), i + 2 < source.count {
        let start = result.count
        let end = i + (try group(source, at: i, to: &result))
        let options = result[start...].split(
          separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        let isSet = options[0].dropFirst(2).contains(UInt8(ascii: "i"))
        let isCleared = options.count > 1 && options[1].contains(UInt8(ascii: "i"))
        let inside = isSet || ignoresCase && !isCleared
        // Options alone hold to the end of the group around them.
        let isAlone = end < source.count && source[end] == UInt8(ascii: ")")
        outside.append(isAlone ? inside : ignoresCase)
        ignoresCase = inside
        i = end
        continue
      } else if byte == UInt8(ascii: "(") {
        outside.append(ignoresCase)
      } else if byte == UInt8(ascii: ")") {
        ignoresCase = outside.popLast() ?? false
      } else if byte == UInt8(ascii: "}"), next == UInt8(ascii: "+"), isInterval(source, upTo: i) {
        throw RegularExpression.Failure(reason: "\"}+\" after an interval is not supported")
      }
      result.append(byte)
      i += 1
    }
    return result
  }

  /// Whether Oniguruma, ignoring case, takes what is at `i` for a character that is several in
  /// another case, or the other way round: "ß" and "ss", "ﬁ" and "fi".
  private static func foldsToSeveral(_ source: [UInt8], at i: Int, inClass: Bool) -> Bool {
    if source[i] < 0x80 {
      guard !inClass, i + 1 < source.count else { return false }
      let letters = [source[i] | 0x20, source[i + 1] | 0x20]
      guard ["ss", "ff", "fi", "fl", "st"].contains(where: { letters.elementsEqual($0.utf8) })
      else { return false }
      // A quantifier has the second letter for itself.
      return i + 2 == source.count || !"?*+{".utf8.contains(source[i + 2])
    }
    guard source[i] >= 0xC0 else { return false }
    switch source[i...].withUnsafeBufferPointer({ UTF8Scalar.decode($0.baseAddress!).scalar }) {
    case 0xDF, 0x130, 0x149, 0x1F0, 0x390, 0x3B0, 0x587, 0x1E96...0x1E9A, 0x1E9E, 0x1F50...0x1FFF,
      0xFB00...0xFB17:
      return true
    default: return false
    }
  }

  /// Writes the escape at `i` and returns its length.
  private static func escape(
    _ source: [UInt8], at i: Int, inClass: Bool, to result: inout [UInt8]
  ) throws(RegularExpression.Failure) -> Int {
    guard i + 1 < source.count else {
      throw RegularExpression.Failure(reason: "a backslash at the end")
    }
    func set(_ members: String, negated: Bool) {
      if inClass, !negated {
        result += members.utf8
      } else {
        result += ((negated ? "[^" : "[") + members + "]").utf8
      }
    }
    switch source[i + 1] {
    case UInt8(ascii: "s"): set(space, negated: false)
    case UInt8(ascii: "w"): set(inClass ? word : bareWord, negated: false)
    case UInt8(ascii: "h"): set(hexadecimal, negated: false)
    case UInt8(ascii: "S") where !inClass: set(space, negated: true)
    case UInt8(ascii: "W") where !inClass: set(bareWord, negated: true)
    case UInt8(ascii: "H") where !inClass: set(hexadecimal, negated: true)
    case UInt8(ascii: "W"), UInt8(ascii: "H"):
      throw RegularExpression.Failure(reason: "\\W or \\H in a set is not supported")
    case UInt8(ascii: "b") where !inClass:
      result += "(?:(?<=[\(bareWord)])(?![\(bareWord)])|(?<![\(bareWord)])(?=[\(bareWord)]))".utf8
    case UInt8(ascii: "B") where !inClass:
      result += "(?:(?<=[\(bareWord)])(?=[\(bareWord)])|(?<![\(bareWord)])(?![\(bareWord)]))".utf8
    case UInt8(ascii: "u"):
      let digits = source[(i + 2)...].prefix(4)
      guard digits.count == 4, digits.allSatisfy({ isHexadecimal($0) }) else {
        throw RegularExpression.Failure(reason: "expected four hexadecimal digits after \\u")
      }
      result += "\\x{".utf8
      result += digits
      result += "}".utf8
      return 6
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      return property(source, at: i, to: &result)
    default: result += source[i...i + 1]
    }
    return 2
  }

  private static func property(_ source: [UInt8], at i: Int, to result: inout [UInt8]) -> Int {
    guard i + 2 < source.count, source[i + 2] == UInt8(ascii: "{"),
      let end = source[i...].firstIndex(of: UInt8(ascii: "}"))
    else {
      result += source[i...i + 1]
      return 2
    }
    var name = source[(i + 3)..<end].filter {
      $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-")
    }
    result += source[i...i + 2]
    if name.first == UInt8(ascii: "^") {
      result.append(name.removeFirst())
    }
    let lowered = String(decoding: name, as: UTF8.self).lowercased()
    result += properties[lowered].map { Array($0.utf8) } ?? name
    result.append(UInt8(ascii: "}"))
    return end + 1 - i
  }

  /// Writes the opening of a special group at `i` and returns its length.
  private static func group(
    _ source: [UInt8], at i: Int, to result: inout [UInt8]
  ) throws(RegularExpression.Failure) -> Int {
    if source[i + 2] == UInt8(ascii: "~") {
      throw RegularExpression.Failure(reason: "an absent operator is not supported")
    }
    // Options: m is what others call s, a dot that matches a new line.
    var end = i + 2
    while end < source.count,
      [UInt8(ascii: "i"), UInt8(ascii: "m"), UInt8(ascii: "x"), UInt8(ascii: "-")].contains(
        source[end])
    {
      end += 1
    }
    guard end > i + 2, end < source.count,
      source[end] == UInt8(ascii: ":") || source[end] == UInt8(ascii: ")")
    else {
      result += source[i...i + 1]
      return 2
    }
    result += "(?".utf8
    result += source[(i + 2)..<end].map { $0 == UInt8(ascii: "m") ? UInt8(ascii: "s") : $0 }
    return end - i
  }

  /// Whether the "}" at `end` closes an interval like {1,3}.
  private static func isInterval(_ source: [UInt8], upTo end: Int) -> Bool {
    guard let start = source[..<end].lastIndex(of: UInt8(ascii: "{")), start + 1 < end else {
      return false
    }
    return source[(start + 1)..<end].allSatisfy {
      $0 == UInt8(ascii: ",") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    Unicode.Scalar(byte).properties.isASCIIHexDigit
  }
}
