import MLMText

/// What this program calls itself.
package enum Version {
  /// The version of the program and of its libraries.
  package static let number = "0.1.0"

  /// The versions that decide what the program computes.
  package static var description: String {
    "mlm \(number) (Unicode \(Normalizer.unicodeVersion))"
  }
}
