/// Makes any bytes valid UTF-8.
public enum UTF8Repair {
  /// Returns whether `bytes` are valid UTF-8.
  public static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    firstMalformed(bytes, from: 0) == nil
  }

  /// Returns `bytes` with every malformed sequence replaced by U+FFFD, and how many there were.
  ///
  /// A sequence is the longest start of a well-formed character that is there (Unicode 15.0,
  /// section 3.9, "substitution of maximal subparts"), as the WHATWG decoder and Rust's
  /// `String::from_utf8_lossy` count.
  public static func repaired(_ bytes: [UInt8]) -> (bytes: [UInt8], replacements: Int) {
    bytes.withUnsafeBufferPointer { buffer in
      guard let first = firstMalformed(buffer, from: 0) else { return (bytes, 0) }
      return repaired(buffer, firstMalformed: first)
    }
  }

  /// Returns `bytes` with every malformed sequence replaced by U+FFFD, and how many there were.
  public static func repaired(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (bytes: [UInt8], replacements: Int) {
    guard let first = firstMalformed(bytes, from: 0) else { return (Array(bytes), 0) }
    return repaired(bytes, firstMalformed: first)
  }

  private static func repaired(
    _ bytes: UnsafeBufferPointer<UInt8>, firstMalformed: (start: Int, length: Int)
  ) -> (bytes: [UInt8], replacements: Int) {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 16)
    var replacements = 0
    var position = 0
    var malformed: (start: Int, length: Int)? = firstMalformed
    while let bad = malformed {
      result.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<bad.start]))
      result.append(contentsOf: [0xEF, 0xBF, 0xBD])
      replacements += 1
      position = bad.start + bad.length
      malformed = Self.firstMalformed(bytes, from: position)
    }
    result.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position...]))
    return (result, replacements)
  }

  /// Finds the first malformed sequence at or after `start`.
  static func firstMalformed(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (start: Int, length: Int)? {
    let count = bytes.count
    guard let base = bytes.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    var i = start
    while i < count {
      let lead = base[i]
      if lead < 0x80 {
        while i + 8 <= count,
          raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          i += 8
        }
        while i < count, base[i] < 0x80 { i += 1 }
        continue
      }
      // Most other characters have two bytes, or three and no special second byte.
      if lead &- 0xC2 < 0x1E, i + 1 < count, base[i + 1] & 0xC0 == 0x80 {
        i += 2
        continue
      }
      if lead &- 0xE1 < 0x0C, i + 2 < count, base[i + 1] & base[i + 2] & 0xC0 == 0x80,
        (base[i + 1] | base[i + 2]) & 0x40 == 0
      {
        i += 3
        continue
      }
      // The second byte's range says it all: no overlong forms, no surrogates, nothing past
      // U+10FFFF (Unicode 15.0, table 3-7).
      let length: Int
      var low: UInt8 = 0x80
      var high: UInt8 = 0xBF
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, low) = (3, 0xA0)
      case 0xED: (length, high) = (3, 0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, low) = (4, 0x90)
      case 0xF4: (length, high) = (4, 0x8F)
      case 0xF1...0xF3: length = 4
      default: return (i, 1)
      }
      guard i + 1 < count, base[i + 1] >= low, base[i + 1] <= high else { return (i, 1) }
      var good = 2
      while good < length {
        guard i + good < count, base[i + good] & 0xC0 == 0x80 else { return (i, good) }
        good += 1
      }
      i += length
    }
    return nil
  }
}
