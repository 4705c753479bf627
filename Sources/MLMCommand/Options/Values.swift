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

/// An amount of memory as it is typed: `200M`, `2G`, `1.5GB`, `512MiB`, `100000`.
package struct MemorySize: ExpressibleByArgument, Hashable, Sendable {
  /// The amount in bytes.
  package let bytes: Int

  /// Reads a number with a unit of K, M, G or T, thousands each; with KiB, MiB and so on, 1,024 each.
  package init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    var unit = argument.dropFirst(digits.count).uppercased()
    guard let value = Double(digits) else { return nil }
    let step = unit.hasSuffix("IB") ? 1024.0 : 1000.0
    if unit.hasSuffix("IB") { unit.removeLast(2) } else if unit.hasSuffix("B") { unit.removeLast() }
    var scale = 1.0
    if !unit.isEmpty {
      guard let power = ["K", "M", "G", "T"].firstIndex(of: unit) else { return nil }
      for _ in 0...power { scale *= step }
    }
    guard value * scale >= 1, value * scale < 1e18 else { return nil }
    bytes = Int(value * scale)
  }

  package var defaultValueDescription: String { Numbers.bytes(bytes) }
}
