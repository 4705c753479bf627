import MLMText

/// Text in which everything can be seen and nothing moves the cursor.
package enum VisibleText {
  /// Writes white space as signs, controls and what has no shape as their code points, and puts a circle
  /// under a mark that has no letter.
  ///
  /// - Parameter spaces: Whether a space becomes "·".
  package static func of(_ text: String, spaces: Bool = true) -> String {
    var result = ""
    for character in text {
      let scalars = character.unicodeScalars
      guard let first = scalars.first else { continue }
      if sign(first, spaces: spaces) != nil {
        for scalar in scalars {
          if let sign = sign(scalar, spaces: spaces) {
            result += sign
          } else {
            result += DisplayWidth.isCombining(scalar) ? "◌" : ""
            result.unicodeScalars.append(scalar)
          }
        }
        continue
      }
      if DisplayWidth.isCombining(first) { result += "◌" }
      result.append(character)
    }
    return result
  }

  private static func sign(_ scalar: Unicode.Scalar, spaces: Bool) -> String? {
    switch scalar {
    case " ": return spaces ? "·" : nil
    case "\n": return "⏎"
    case "\r": return "␍"
    case "\t": return "⇥"
    case "\u{A0}": return "⍽"
    default:
      guard scalar.properties.isWhitespace || DisplayWidth.isInvisible(scalar) else { return nil }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
    }
  }
}
