/// A byte for every code point, built once and never freed: it lives as long as the process.
///
/// Two levels of 128-entry blocks with equal blocks stored once keep the table in the second cache
/// level.
struct CodePointTable: @unchecked Sendable {
  private let blockStarts: UnsafePointer<UInt16>
  private let blocks: UnsafePointer<UInt8>

  /// Asks for the byte of every code point in `ranges`, which begin and end at multiples of 128; the
  /// others have 0.
  init(over ranges: [Range<UInt32>] = [0..<0x110000], _ value: (UInt32) -> UInt8) {
    var starts = [UInt16](repeating: 0, count: 0x110000 >> 7)
    var stored = [UInt8](repeating: 0, count: 128)
    var known: [[UInt8]: UInt16] = [stored: 0]
    var block = stored
    var last = UInt16(0)
    for range in ranges {
      for first in stride(from: range.lowerBound, to: range.upperBound, by: 128) {
        let isLikeLast = block.withUnsafeMutableBufferPointer { block in
          stored.withUnsafeBufferPointer { stored in
            var difference: UInt8 = 0
            for i in 0..<128 {
              block[i] = value(first + UInt32(i))
              difference |= block[i] ^ stored[Int(last) << 7 + i]
            }
            return difference == 0
          }
        }
        // Many blocks are like the one before.
        if !isLikeLast {
          if let index = known[block] {
            last = index
          } else {
            last = UInt16(stored.count >> 7)
            known[block] = last
            stored += block
          }
        }
        starts[Int(first >> 7)] = last
      }
    }
    let startsCopy = UnsafeMutablePointer<UInt16>.allocate(capacity: starts.count)
    startsCopy.initialize(from: starts, count: starts.count)
    let blocksCopy = UnsafeMutablePointer<UInt8>.allocate(capacity: stored.count)
    blocksCopy.initialize(from: stored, count: stored.count)
    blockStarts = UnsafePointer(startsCopy)
    blocks = UnsafePointer(blocksCopy)
  }

  /// Returns the byte of `scalar`, which must be at most U+10FFFF.
  @inline(__always)
  subscript(scalar: UInt32) -> UInt8 {
    blocks[Int(blockStarts[Int(scalar >> 7)]) << 7 | Int(scalar & 0x7F)]
  }
}
