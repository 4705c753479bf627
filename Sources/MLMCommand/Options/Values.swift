import ArgumentParser
import MLMTraining

extension Objective: ExpressibleByArgument {}
extension Optimizer: ExpressibleByArgument {}
extension Preset: ExpressibleByArgument {}
extension Pooling: ExpressibleByArgument {}
extension ClassificationTask: ExpressibleByArgument {}
extension Normalizer.Form: ExpressibleByArgument {}

/// A length of time as it is typed: `90s`, `30m`, `2h`, `1h30m`.
package struct TimeSpan: ExpressibleByArgument, Hashable, Sendable {
  /// The time in seconds.
  package let seconds: Double

  /// Reads numbers, each with a unit of d, h, m or s; nil where the text is something else.
  package init?(argument: String) {
    let units: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
    var (total, digits) = (0.0, "")
    for character in argument {
      if character.isASCII, character.isNumber || character == "." {
        digits.append(character)
      } else {
        guard let unit = units[character], let value = Double(digits) else { return nil }
        total += value * unit
        digits = ""
      }
    }
    guard digits.isEmpty, total > 0, total.isFinite else { return nil }
    seconds = total
  }

  package var defaultValueDescription: String { "\(seconds)s" }
}
