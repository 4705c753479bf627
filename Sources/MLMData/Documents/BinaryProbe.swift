/// Tells text from other files by NUL bytes, which text has none of.
struct BinaryProbe {
  /// How far into a file NUL bytes are looked for.
  static let length = 64 << 10

  private var seen = 0

  /// Looks at what comes next of the file `name`.
  ///
  /// - Throws: `DataError` with code `binary`.
  mutating func check(_ bytes: UnsafeRawBufferPointer, of name: String) throws(DataError) {
    guard seen < Self.length else { return }
    let probed = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, Self.length - seen)])
    if let position = probed.firstIndex(of: 0) {
      // UTF-16 is the text most often taken for binary, and says so in its first two bytes.
      let isUTF16 =
        seen == 0 && (probed.starts(with: [0xFF, 0xFE]) || probed.starts(with: [0xFE, 0xFF]))
      throw DataError(
        .binary, file: name, expected: "UTF-8 text",
        found: isUTF16
          ? "UTF-16 (convert it to UTF-8)" : "a binary file (NUL at byte \(seen + position))")
    }
    seen += bytes.count
  }
}
