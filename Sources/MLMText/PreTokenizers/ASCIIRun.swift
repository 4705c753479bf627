/// Runs of ASCII letters, looked at eight at a time.
package enum ASCIIRun {
  /// Returns the end of the run of letters A–Z and a–z that begins at `start`, up to `count`.
  @inline(__always)
  package static func endOfLetters(
    _ base: UnsafePointer<UInt8>, from start: Int, count: Int
  ) -> Int {
    let raw = UnsafeRawPointer(base)
    var i = start
    while i + 8 <= count {
      let others = nonLetters(raw.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian)
      if others != 0 { return i + others.trailingZeroBitCount / 8 }
      i += 8
    }
    while i < count, (base[i] | 0x20) &- 0x61 < 26 { i += 1 }
    return i
  }

  /// The high bit of every byte that is no letter.
  @inline(__always)
  private static func nonLetters(_ bytes: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high: UInt64 = 0x8080_8080_8080_8080
    // Small letters without their high bits, so that no sum carries into the next byte.
    let small = (bytes | 0x20 &* ones) & ~high
    let fromA = small &+ (0x80 - 0x61) &* ones
    let pastZ = small &+ (0x80 - 0x7B) &* ones
    return (~fromA | pastZ | bytes) & high
  }
}
