/// Decimal numbers as Hugging Face's library reads them from JSON.
///
/// Its reader rounds more than once: the digits become an integer, the integer a `Double`, and that
/// is divided by a power of ten. Where two ways to cut a word score the same but for rounding, the
/// last bit decides, so scores are read here as they are read there (serde_json without its
/// `float_roundtrip`).
package enum DecimalNumber {
  /// The powers of ten that a `Double` can hold, each the nearest.
  private static let powers: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }

  /// Returns what `digits`, a JSON number, say; nil where they are none or too large for a `Double`.
  package static func double(_ digits: ArraySlice<UInt8>) -> Double? {
    var i = digits.startIndex
    let isNegative = i < digits.endIndex && digits[i] == UInt8(ascii: "-")
    if isNegative { i += 1 }
    let start = i
    var mantissa: UInt64 = 0
    var exponent = 0
    var hasPoint = false
    var isFull = false
    while i < digits.endIndex {
      let byte = digits[i]
      if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
        // An integer too long for 64 bits lost its last digits; those after the point may still fit.
        isFull = false
        i += 1
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      i += 1
      if !isFull {
        let (product, overflows) = mantissa.multipliedReportingOverflow(by: 10)
        let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
        if overflows || carries {
          isFull = true
        } else {
          mantissa = sum
          exponent -= hasPoint ? 1 : 0
          continue
        }
      }
      // Further digits only count, before the point.
      exponent += hasPoint ? 0 : 1
    }
    guard i > start else { return nil }
    if i < digits.endIndex {
      guard let written = writtenExponent(digits[i...]) else { return nil }
      exponent += written
    }
    guard let value = scaled(Double(mantissa), exponent) else { return nil }
    return isNegative ? -value : value
  }

  /// The exponent that `text`, from its letter on, says; held within a million either way.
  private static func writtenExponent(_ text: ArraySlice<UInt8>) -> Int? {
    guard text.first.map({ $0 | 0x20 }) == UInt8(ascii: "e") else { return nil }
    var rest = text.dropFirst()
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    guard !rest.isEmpty else { return nil }
    var exponent = 0
    for byte in rest {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      exponent = min(10 * exponent + Int(digit), 1_000_000)
    }
    return isNegative ? -exponent : exponent
  }

  private static func scaled(_ value: Double, _ exponent: Int) -> Double? {
    var value = value
    var exponent = exponent
    while exponent < -308, value != 0 {
      value /= 1e308
      exponent += 308
    }
    if value == 0 { return 0 }
    guard exponent <= 308 else { return nil }
    let power = powers[abs(exponent)]
    let result = exponent < 0 ? value / power : value * power
    return result.isFinite ? result : nil
  }
}
