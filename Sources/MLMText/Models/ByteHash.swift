#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A hash of bytes that takes eight at a time.
enum ByteHash {
  /// Returns the hash of `bytes`, without reading beside them.
  @inline(__always)
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let base = bytes.baseAddress else { return 0 }
    let raw = UnsafeRawPointer(base)
    let count = bytes.count
    var first: UInt64 = 0
    var second: UInt64 = 0
    if count >= 8 {
      var state: UInt64 = 0x243F_6A88_85A3_08D3
      var i = 0
      while i + 16 < count {
        state = mix(
          state ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self), 0x9E37_79B9_7F4A_7C15)
        i += 8
      }
      // The first and the last eight of what is left overlap where it is less than sixteen.
      first = state ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      second = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    } else if count >= 4 {
      first = UInt64(raw.loadUnaligned(as: UInt32.self))
      second = UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    } else if count > 0 {
      first = UInt64(base[0]) << 16 | UInt64(base[count / 2]) << 8 | UInt64(base[count - 1])
    }
    return mix(
      first ^ 0xA076_1D64_78BD_642F,
      second ^ 0xE703_7ED1_A0B4_28DB ^ UInt64(truncatingIfNeeded: count))
  }

  @inline(__always)
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether both have the same bytes.
  @inline(__always)
  func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard let left = UnsafeRawPointer(baseAddress), let right = UnsafeRawPointer(other.baseAddress)
    else { return true }
    // Most are short: two loads that overlap cover them.
    if count > 16 { return memcmp(left, right, count) == 0 }
    if count >= 8 {
      let (a, b) = (left.loadUnaligned(as: UInt64.self), right.loadUnaligned(as: UInt64.self))
      let c = left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      let d = right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      return (a ^ b) | (c ^ d) == 0
    }
    if count >= 4 {
      let (a, b) = (left.loadUnaligned(as: UInt32.self), right.loadUnaligned(as: UInt32.self))
      let c = left.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      let d = right.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      return (a ^ b) | (c ^ d) == 0
    }
    for i in 0..<count where self[i] != other[i] { return false }
    return true
  }
}
