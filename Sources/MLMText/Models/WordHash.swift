/// A word's first sixteen bytes as two numbers, or a hash of a longer word, and its length.
///
/// Words of up to sixteen bytes, nearly all of them, are compared without touching their bytes again.
package struct WordKey: Equatable {
  var low: UInt64
  var high: UInt64
  var length: Int

  /// The longest word whose key is the word itself.
  static let exactLength = 16

  /// Reads the word of `length` bytes at `start`, of which `readable` bytes can be read.
  @inline(__always)
  package init(_ start: UnsafePointer<UInt8>, length: Int, readable: Int) {
    if readable >= Self.exactLength || length > Self.exactLength {
      self.init(start, length: length)
      return
    }
    var bytes = SIMD16<UInt8>()
    for i in 0..<length { bytes[i] = start[i] }
    let halves = unsafeBitCast(bytes, to: SIMD2<UInt64>.self)
    self.init(low: halves[0], high: halves[1], length: length)
  }

  /// Reads the word of `length` bytes at `start`; the sixteen bytes from `start` must be readable.
  @inline(__always)
  init(_ start: UnsafePointer<UInt8>, length: Int) {
    self.length = length
    let raw = UnsafeRawPointer(start)
    if length <= Self.exactLength {
      // Both halves are read whatever the length: words are short and long by turns, and a branch
      // would be guessed wrong often.
      let lowBits = UInt64(truncatingIfNeeded: 64 - 8 * min(length, 8))
      let highBits = UInt64(truncatingIfNeeded: 128 - 8 * max(length, 9))
      let head = raw.loadUnaligned(as: UInt64.self)
      let tail = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      low = length == 0 ? 0 : head & (UInt64.max &>> lowBits)
      high = length <= 8 ? 0 : tail & (UInt64.max &>> highBits)
    } else {
      var first: UInt64 = 0x243F_6A88_85A3_08D3
      var second: UInt64 = 0x1319_8A2E_0370_7344
      var i = 0
      while i + 8 <= length {
        let piece = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
        first = Self.mix(first ^ piece, 0x9E37_79B9_7F4A_7C15)
        second = Self.mix(second &+ piece, 0xC2B2_AE3D_27D4_EB4F)
        i += 8
      }
      let piece = raw.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self)
      low = Self.mix(first ^ piece, 0x9E37_79B9_7F4A_7C15)
      high = Self.mix(second &+ piece, 0xC2B2_AE3D_27D4_EB4F)
    }
  }

  /// A hash of the key.
  @inline(__always)
  var hash: UInt64 {
    Self.mix(
      low ^ 0xA076_1D64_78BD_642F,
      high ^ 0xE703_7ED1_A0B4_28DB ^ UInt64(truncatingIfNeeded: length))
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
