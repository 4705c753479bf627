/// Decimal numbers as JSON writes them.
enum DecimalNumber {
  /// The powers of ten that a `Double` holds exactly.
  private static let powers: [Double] = (0...22).reduce(into: []) { powers, exponent in
    powers.append(exponent == 0 ? 1 : powers[exponent - 1] * 10)
  }

  /// Returns the nearest number to what `digits`, a JSON number, say; nil where they are none.
  ///
  /// Up to 2^53 the digits are a `Double` exactly, and so is a power of ten up to 22: one division
  /// of the two is rounded once, as it should be (Clinger, "How to Read Floating Point Numbers
  /// Accurately", 1990). Others are read by the standard library.
  static func double(_ digits: ArraySlice<UInt8>) -> Double? {
    var mantissa: UInt64 = 0
    var places = 0
    var hasPoint = false
    var i = digits.startIndex
    let isNegative = i < digits.endIndex && digits[i] == UInt8(ascii: "-")
    if isNegative { i += 1 }
    var isSimple = digits.count <= 20
    while isSimple, i < digits.endIndex {
      let digit = digits[i] &- UInt8(ascii: "0")
      if digit < 10 {
        mantissa = 10 &* mantissa &+ UInt64(digit)
        places += hasPoint ? 1 : 0
      } else if digits[i] == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        isSimple = false
      }
      i += 1
    }
    // Nineteen digits at most do not overflow; the mantissa tells whether they were few enough.
    guard isSimple, mantissa < 1 << 53, places <= 22, digits.count <= 19 else {
      return Double(String(decoding: digits, as: UTF8.self))
    }
    let value = Double(mantissa) / powers[places]
    return isNegative ? -value : value
  }
}
