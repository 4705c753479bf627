/// The characters that stand for single bytes in a byte-level vocabulary (GPT-2's table).
///
/// Printable bytes stand for themselves; the other 68 get U+0100 and up, in order, so that every
/// byte is one visible character: a space becomes "Ġ".
package enum ByteLevelAlphabet {
  /// The code point of each byte.
  package static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 33...126, 161...172, 174...255: return UInt32(byte)
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The byte of each code point below `limit`, or -1.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: limit)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = Int16(byte) }
    return table
  }()

  private static let limit = 0x100 + 68

  /// The bytes in the order of their code points: the order of a trained vocabulary.
  package static let bytesInOrder: [UInt8] = (0..<256).map { UInt8($0) }.sorted {
    scalars[Int($0)] < scalars[Int($1)]
  }

  /// Returns the vocabulary string of `bytes`.
  package static func string(of bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes { UTF8Scalar.append(scalars[Int(byte)], to: &result) }
    return result
  }

  /// Returns the bytes that a vocabulary string stands for, or nil if it holds another character.
  ///
  /// `string` must be valid UTF-8.
  package static func bytes(of string: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard let base = string.baseAddress else { return [] }
    var result: [UInt8] = []
    result.reserveCapacity(string.count)
    var i = 0
    while i < string.count {
      let (scalar, length) = UTF8Scalar.decode(base + i)
      guard scalar < UInt32(limit), bytes[Int(scalar)] >= 0 else { return nil }
      result.append(UInt8(truncatingIfNeeded: bytes[Int(scalar)]))
      i += length
    }
    return result
  }
}
