import CUTF8Proc

/// How much room text takes in a terminal.
package enum DisplayWidth {
  /// The columns of a text.
  package static func of(_ text: String) -> Int {
    text.reduce(0) { $0 + of($1) }
  }

  /// The columns of a character: marks stand on the letter before them, and an emoji of several is one.
  package static func of(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
      // Flags are two letters; the selector makes a sign an emoji.
      if scalar.value == 0xFE0F || (0x1F1E6...0x1F1FF).contains(scalar.value) { return 2 }
      width = max(width, Int(utf8proc_charwidth(Int32(scalar.value))))
    }
    return width
  }

  /// Whether a character only changes the one before it.
  package static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
    switch utf8proc_category(Int32(scalar.value)) {
    case UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_MC, UTF8PROC_CATEGORY_ME: true
    default: false
    }
  }

  /// Whether a character shows nothing, or changes how what follows it is shown.
  package static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch utf8proc_category(Int32(scalar.value)) {
    case UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CF, UTF8PROC_CATEGORY_CN, UTF8PROC_CATEGORY_CO,
      UTF8PROC_CATEGORY_ZL, UTF8PROC_CATEGORY_ZP:
      true
    default: false
    }
  }
}
