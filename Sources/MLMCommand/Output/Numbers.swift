/// Numbers as people read them.
package enum Numbers {
  /// A number with a fixed count of digits after the point, rounded to nearest.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e18 else { return "\(value)" }
    let whole = String(UInt64(scaled))
    let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + padded }
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// A small number with two significant digits, for example "1.8e-3".
  package static func scientific(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return fixed(value, 1) }
    var (mantissa, exponent) = (value, 0)
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    if (mantissa * 10).rounded() >= 100 {
      mantissa = 1
      exponent += 1
    }
    return "\(fixed(mantissa, 1))e\(exponent)"
  }

  /// A whole number with commas, for example "1,234,567".
  package static func grouped(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// A share as a percentage with two digits after the point.
  package static func percent(_ share: Double) -> String { fixed(100 * share, 2) + " %" }

  /// A number of bytes in the unit that suits it.
  package static func bytes(_ count: Int) -> String {
    let value = Double(count)
    switch count {
    case ..<1000: return "\(count) bytes"
    case ..<1_000_000: return fixed(value / 1e3, 1) + " kB"
    case ..<1_000_000_000: return fixed(value / 1e6, 1) + " MB"
    default: return fixed(value / 1e9, 1) + " GB"
    }
  }

  /// A time, for example "1:02:05" or "4:09".
  package static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let total = Int(seconds.rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let minutes = total / 60
    return minutes < 60
      ? "\(minutes):\(two(total % 60))"
      : "\(minutes / 60):\(two(minutes % 60)):\(two(total % 60))"
  }

  /// "1 line", "2 lines".
  package static func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
  }
}
