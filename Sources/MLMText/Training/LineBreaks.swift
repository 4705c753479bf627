#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Lines as every part of this package understands them: U+000A alone ends one.
enum LineBreaks {
  /// Returns the place after the terminator of the line that begins at `start`, or the end.
  static func end(ofLineAt start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    guard let base = text.baseAddress, start < text.count else { return text.count }
    guard let found = memchr(base + start, 0x0A, text.count - start) else { return text.count }
    return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base + 1
  }

  /// Cuts `text` into at most `count` parts of whole lines and about equal size.
  static func parts(
    of text: UnsafeBufferPointer<UInt8>, count: Int
  ) -> [UnsafeBufferPointer<UInt8>] {
    var parts: [UnsafeBufferPointer<UInt8>] = []
    var start = 0
    for part in 1...max(count, 1) where start < text.count {
      let wanted = part >= count ? text.count : text.count / count * part
      guard wanted > start else { continue }
      let end = wanted == text.count ? wanted : Self.end(ofLineAt: wanted - 1, in: text)
      parts.append(UnsafeBufferPointer(rebasing: text[start..<end]))
      start = end
    }
    return parts
  }
}
