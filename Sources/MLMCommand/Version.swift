import MLMText

/// What this program calls itself.
package enum Version {
  /// The version of the program and of its libraries.
  package static let number = "0.1.0"

  /// The version of the Unicode data that text is normalized by.
  package static var unicode: String { Normalizer.unicodeVersion }

  /// The versions that decide what the program computes.
  package static var description: String { "mlm \(number) (Unicode \(unicode))" }
}
