#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The characters that a vocabulary spells words with.
struct Alphabet {
  /// Code points in rising order.
  let scalars: [UInt32]

  /// Finds the characters of `words`, and adds those of `initial`.
  ///
  /// If there are more than `limit`, the most frequent ones stay; of equally frequent ones those with
  /// the smaller code point. Characters of `initial` count as the most frequent.
  ///
  /// - Throws: `TokenizerError` where a word is not UTF-8, and what reading the words throws.
  init(of words: some CountedWords, initial: Set<UInt32>, limit: Int?) throws {
    // Most pages of a table that calloc made are never touched.
    let size = Int(Characters.maximum) + 1
    guard let memory = calloc(size, MemoryLayout<Int>.stride) else {
      throw TokenizerError(code: .invalidOptions, reason: "expected more memory for the alphabet")
    }
    defer { free(memory) }
    let counts = memory.bindMemory(to: Int.self, capacity: size)
    var highest: UInt32 = 0
    try words.forEach { word, count in
      // Words of a counts file may be any bytes.
      guard UTF8Repair.isValid(word) else {
        throw TokenizerError(
          code: .malformed, reason: "expected counted words of valid UTF-8, found other bytes")
      }
      Characters.forEachScalar(of: word) { scalar, _, _ in
        let (sum, overflow) = counts[Int(scalar)].addingReportingOverflow(count)
        counts[Int(scalar)] = overflow ? .max : sum
        highest = max(highest, scalar)
      }
    }
    for scalar in initial {
      counts[Int(scalar)] = .max
      highest = max(highest, scalar)
    }
    var seen = (0...highest).filter { counts[Int($0)] > 0 }
    if let limit, seen.count > limit {
      seen.sort { (counts[Int($1)], $0) < (counts[Int($0)], $1) }
      seen.removeSubrange(max(limit, 0)...)
      seen.sort()
    }
    scalars = seen
  }
}

/// Characters as numbers and as UTF-8.
enum Characters {
  /// The highest code point.
  static let maximum: UInt32 = 0x10FFFF

  /// The UTF-8 of a character.
  static func bytes(_ scalar: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    UTF8Scalar.append(scalar, to: &bytes)
    return bytes
  }

  /// The character that `text`, valid UTF-8, consists of; nil if it is none or several.
  static func onlyScalar(of text: [UInt8]) -> UInt32? {
    guard let lead = text.first, UTF8Scalar.length(lead: lead) == text.count else { return nil }
    return text.withUnsafeBufferPointer { UTF8Scalar.decode($0.baseAddress!).0 }
  }

  /// Calls `body` with each character of valid UTF-8.
  @inline(__always)
  static func forEachScalar(
    of text: UnsafeBufferPointer<UInt8>,
    _ body: (_ scalar: UInt32, _ isFirst: Bool, _ isLast: Bool) -> Void
  ) {
    guard let base = text.baseAddress else { return }
    var i = 0
    while i < text.count {
      let (scalar, length) = UTF8Scalar.decode(base + i)
      body(scalar, i == 0, i + length >= text.count)
      i += length
    }
  }
}
