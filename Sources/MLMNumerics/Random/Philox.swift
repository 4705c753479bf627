/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random
/// numbers: as easy as 1, 2, 3, SC 2011).
package enum Philox {
  /// Returns the random block of a counter under a key.
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (block, key) = (counter, key)
    for _ in 0..<10 {
      let even = block.x.multipliedFullWidth(by: 0xD251_1F53)
      let odd = block.z.multipliedFullWidth(by: 0xCD9E_8D57)
      block = SIMD4(
        odd.high ^ block.y ^ key.x, odd.low, even.high ^ block.w ^ key.y, even.low)
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return block
  }
}
