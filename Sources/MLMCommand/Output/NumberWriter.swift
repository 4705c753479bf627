/// Writes numbers and signs into memory that must be large enough.
struct NumberWriter {
  /// The most bytes of a number.
  static let longest = 20

  private(set) var place: UnsafeMutablePointer<UInt8>

  init(_ place: UnsafeMutablePointer<UInt8>) { self.place = place }

  /// Writes a byte.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    place.pointee = byte
    place += 1
  }

  /// Writes a whole number.
  @inline(__always)
  mutating func append(_ number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var count = 1
    var limit: UInt = 10
    while count < 20, rest >= limit {
      count += 1
      limit = count < 20 ? limit &* 10 : .max
    }
    var end = place + count
    place = end
    repeat {
      end -= 1
      end.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }
}

extension [UInt8] {
  /// Appends what `body` writes, which must be at most `count` bytes.
  mutating func append(atMost count: Int, _ body: (inout NumberWriter) -> Void) {
    let part = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      var writer = NumberWriter(base)
      body(&writer)
      initialized = writer.place - base
    }
    append(contentsOf: part)
  }
}
