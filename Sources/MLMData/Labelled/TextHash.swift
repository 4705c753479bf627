/// A 64-bit hash of bytes that is the same on every machine and in every run.
///
/// FNV-1a (Fowler, Noll, Vo; offset basis and prime of its 64-bit form), whose weakly mixed upper
/// bits then go, together with the seed, through the finalizer of SplitMix64 (Steele, Lea, Flood:
/// "Fast splittable pseudorandom number generators", 2014).
enum TextHash {
  /// The hash of `bytes`, another one for each seed.
  static func hash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mix(hash ^ mix(seed &+ 0x9E37_79B9_7F4A_7C15))
  }

  /// SplitMix64's finalizer: a bijection in which every input bit changes about half of the output.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
