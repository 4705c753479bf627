/// Turns 16-bit numbers into 32-bit ones.
enum HalfPrecision {
  /// Numbers of IEEE 754's binary16: 1 bit of sign, 5 of exponent, 10 of fraction.
  static func widenFloat16(
    _ source: UnsafePointer<UInt16>, _ count: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count {
      let bits = UInt32(UInt16(littleEndian: source[index]))
      let sign = (bits & 0x8000) << 16
      let (exponent, fraction) = ((bits >> 10) & 0x1f, bits & 0x3ff)
      switch exponent {
      // Below the smallest normal number: fraction · 2⁻²⁴, which a Float holds exactly.
      case 0:
        let magnitude = Float(fraction) * 0x1p-24
        target[index] = sign == 0 ? magnitude : -magnitude
      case 31: target[index] = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
      default: target[index] = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
      }
    }
  }

  /// Numbers that are the upper half of a 32-bit one.
  static func widenBFloat16(
    _ source: UnsafePointer<UInt16>, _ count: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count {
      target[index] = Float(bitPattern: UInt32(UInt16(littleEndian: source[index])) << 16)
    }
  }
}
