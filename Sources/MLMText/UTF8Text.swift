#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension UnsafeBufferPointer<UInt8> {
  /// The first place of `byte` at or after `start`.
  func firstPlace(of byte: UInt8, from start: Int) -> Int? {
    guard let baseAddress, start < count,
      let found = memchr(baseAddress + start, Int32(byte), count - start)
    else { return nil }
    return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - baseAddress
  }

  /// Whether the character at `index`, in valid UTF-8, is part of a word.
  func isWord(at index: Int) -> Bool {
    guard let baseAddress, index < count else { return false }
    return GeneralCategories.shared.isWord(UTF8Scalar.decode(baseAddress + index).scalar)
  }

  /// Whether the character before `index`, in valid UTF-8, is part of a word.
  func isWord(before index: Int) -> Bool {
    index > 0 && isWord(at: characterRange(at: index - 1).lowerBound)
  }
}
