/// Returns `count` numbers in −1...1 that look irregular: ((37·i + 11·seed) mod 97)/48 − 1, times
/// `factor`.
///
/// Tests/Reference/operations_reference.py makes the same ones.
public func pattern(_ count: Int, seed: Int, factor: Float = 1) -> [Float] {
  (0..<count).map { (Float((37 * $0 + 11 * seed) % 97) / 48 - 1) * factor }
}

/// Returns `count` numbers spread evenly over −`bound`...`bound`, a function of `seed`.
///
/// They come from SplitMix64 (Steele, Lea, Flood 2014).
public func randomValues(_ count: Int, seed: UInt64, bound: Float = 1) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return (Float(z >> 40) / Float(1 << 23) - 1) * bound
  }
}
