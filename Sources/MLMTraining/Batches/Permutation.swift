/// A random order of 0..<count, any place of which is found without the others.
///
/// A Feistel network over the next even power of two, walked until it lands inside the range
/// (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). That is why a run can be
/// resumed at any step at once.
package struct Permutation: Sendable {
  private let count: UInt64
  private let halfBits: UInt64
  private let key: UInt64

  package init(count: Int, seed: UInt64, epoch: Int) {
    self.count = UInt64(count)
    var bits: UInt64 = 2
    while bits < 62 && (1 as UInt64) << bits < UInt64(count) { bits += 2 }
    halfBits = bits / 2
    key = TextDigest.mix(TextDigest.mix(seed) ^ UInt64(epoch))
  }

  /// Which of 0..<count stands at `place`.
  package subscript(place: Int) -> Int {
    var value = UInt64(place)
    repeat { value = shuffled(value) } while value >= count
    return Int(value)
  }

  private func shuffled(_ value: UInt64) -> UInt64 {
    let mask = ((1 as UInt64) << halfBits) - 1
    var (left, right) = (value >> halfBits, value & mask)
    for round in 0..<6 as Range<UInt64> {
      (left, right) = (right, left ^ (TextDigest.mix(key ^ round << 58 ^ right) & mask))
    }
    return left << halfBits | right
  }
}
