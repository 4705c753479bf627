/// Reading and writing single code points of valid UTF-8.
enum UTF8Scalar {
  /// Returns the code point that begins at `start`, and its length in bytes.
  ///
  /// The bytes must be valid UTF-8 and `start` must be the first byte of a character.
  @inline(__always)
  static func decode(_ start: UnsafePointer<UInt8>) -> (scalar: UInt32, length: Int) {
    let lead = UInt32(start[0])
    if lead < 0x80 { return (lead, 1) }
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | UInt32(start[1] & 0x3F), 2) }
    if lead < 0xF0 {
      return ((lead & 0x0F) << 12 | UInt32(start[1] & 0x3F) << 6 | UInt32(start[2] & 0x3F), 3)
    }
    let high = (lead & 0x07) << 18 | UInt32(start[1] & 0x3F) << 12
    return (high | UInt32(start[2] & 0x3F) << 6 | UInt32(start[3] & 0x3F), 4)
  }

  /// Returns the length in bytes of the character whose first byte is `lead`.
  @inline(__always)
  static func length(lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  /// Appends `scalar` to `bytes`.
  @inline(__always)
  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    if scalar < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: scalar))
      return
    }
    if scalar < 0x800 {
      bytes.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    } else {
      if scalar < 0x10000 {
        bytes.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      } else {
        bytes.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
        bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
      }
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    }
    bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  }
}
