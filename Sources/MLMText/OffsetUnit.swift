/// What offsets count.
public enum OffsetUnit: String, Hashable, Sendable, CaseIterable {
  /// UTF-8 bytes.
  case bytes
  /// Unicode scalars, as Python's and Rust's strings are indexed.
  case scalars
  /// UTF-16 units, as JavaScript's, Java's and NSString's are.
  case utf16
  /// Extended grapheme clusters, as Swift's `String` counts.
  case characters
}

/// Turns offsets in UTF-8 bytes of one text into offsets in another unit.
///
/// Made in one pass over the text, with four bytes of memory for each of its bytes; ASCII text needs
/// neither. A conversion then takes the same time wherever it is. The text must be shorter than 4 GiB.
public struct OffsetConverter: Sendable {
  /// What the converted offsets count.
  public let unit: OffsetUnit
  /// The units of the whole text.
  public let count: Int
  /// For each byte and the end, how many units begin before the unit that holds it; empty where a
  /// unit is a byte.
  private let starts: [UInt32]
  private let utf8: [UInt8]

  /// Prepares to convert offsets of `text`.
  public init(_ text: String, to unit: OffsetUnit) {
    self.init(utf8: Array(text.utf8), to: unit)
  }

  /// Prepares to convert offsets of `utf8`.
  ///
  /// Malformed sequences count as the U+FFFD that each is encoded as, in bytes, too.
  public init(utf8: [UInt8], to unit: OffsetUnit) {
    self.unit = unit
    let utf8 = UTF8Repair.repaired(utf8).bytes
    if unit == .bytes || Self.isPlain(utf8) {
      (starts, count, self.utf8) = ([], utf8.count, [])
      return
    }
    self.utf8 = utf8
    var total: UInt32 = 0
    starts = [UInt32](unsafeUninitializedCapacity: utf8.count + 1) { buffer, initialized in
      total =
        unit == .characters
        ? Self.fillCharacters(buffer, utf8) : Self.fill(buffer, utf8, utf16: unit == .utf16)
      buffer[utf8.count] = total
      initialized = utf8.count + 1
    }
    count = Int(total)
  }

  /// Whether every byte is a character: ASCII without U+000D, which would take U+000A with it.
  private static func isPlain(_ utf8: [UInt8]) -> Bool {
    utf8.withUnsafeBufferPointer { bytes in
      var combined: UInt8 = 0
      var hasReturn = false
      for byte in bytes {
        combined |= byte
        hasReturn = hasReturn || byte == 0x0D
      }
      return combined < 0x80 && !hasReturn
    }
  }

  private static func fill(
    _ starts: UnsafeMutableBufferPointer<UInt32>, _ utf8: [UInt8], utf16: Bool
  ) -> UInt32 {
    utf8.withUnsafeBufferPointer { bytes in
      var next: UInt32 = 0
      var start: UInt32 = 0
      for i in 0..<bytes.count {
        if bytes[i] & 0xC0 != 0x80 {
          start = next
          next += utf16 && bytes[i] >= 0xF0 ? 2 : 1
        }
        starts[i] = start
      }
      return next
    }
  }

  private static func fillCharacters(
    _ starts: UnsafeMutableBufferPointer<UInt32>, _ utf8: [UInt8]
  ) -> UInt32 {
    // The segmentation is the standard library's, so that indices are those of its strings.
    let text = String(decoding: utf8, as: UTF8.self)
    var next: UInt32 = 0
    var place = 0
    var index = text.startIndex
    while index < text.endIndex {
      let end = text.index(after: index)
      for _ in 0..<text.utf8.distance(from: index, to: end) {
        starts[place] = next
        place += 1
      }
      next += 1
      index = end
    }
    return next
  }

  /// Returns the units that hold the bytes of `range`.
  ///
  /// A range that begins or ends inside a unit gets the whole unit; an empty range stays empty.
  public func range(_ range: Range<Int>) -> Range<Int> {
    guard !starts.isEmpty else { return range.clamped(to: 0..<count) }
    let lower = Int(starts[min(max(range.lowerBound, 0), starts.count - 1)])
    guard !range.isEmpty else { return lower..<lower }
    return lower..<max(lower, upperBound(min(max(range.upperBound, 0), starts.count - 1)))
  }

  private func upperBound(_ end: Int) -> Int {
    guard end > 0 else { return 0 }
    if starts[end] != starts[end - 1] || end == utf8.count { return Int(starts[end]) }
    // Inside a unit: where the next one begins.
    guard unit == .utf16 else { return Int(starts[end]) + 1 }
    var lead = end
    while lead > 0, utf8[lead] & 0xC0 == 0x80 { lead -= 1 }
    return Int(starts[end]) + (utf8[lead] >= 0xF0 ? 2 : 1)
  }
}

extension Encoding {
  /// Returns the offsets in another unit, for the text that was encoded.
  public func offsets(in unit: OffsetUnit, of text: String) -> [Range<Int>] {
    let converter = OffsetConverter(text, to: unit)
    return offsets.map(converter.range)
  }
}

extension ModelInput {
  /// Returns the same input with offsets in another unit, for the text, or the pair of texts, that it
  /// was made of; what was cut off is converted as well.
  public func convertingOffsets(
    to unit: OffsetUnit, of first: String, _ second: String? = nil
  ) -> ModelInput {
    let texts = [first] + (second.map { [$0] } ?? [])
    return convertingOffsets(texts.map { OffsetConverter($0, to: unit) })
  }

  /// Returns the same input with the offsets that the converter of each text gives.
  public func convertingOffsets(_ converters: [OffsetConverter]) -> ModelInput {
    var result = self
    for index in offsets.indices where converters.indices.contains(Int(textIndices[index])) {
      result.offsets[index] = converters[Int(textIndices[index])].range(offsets[index])
    }
    result.overflowing = overflowing.map { $0.convertingOffsets(converters) }
    return result
  }
}
