import MLMData

/// The lines of a file as texts, a block at a time.
///
/// Lines end at U+000A alone. A U+000D at the end of a line is dropped, as it is of labelled text.
struct TextLines {
  /// Lines that are handed on together: enough to sort by length and share among threads.
  static let blockSize = 512

  private let reader: LineReader

  /// Opens a file; "-" and nil are standard input.
  init(path: String?) throws {
    reader = try LineReader(path: path ?? "-")
  }

  /// The next lines; empty at the end.
  func nextBlock() throws -> [String] {
    var lines: [String] = []
    while lines.count < Self.blockSize, var line = try reader.next() {
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      lines.append(String(decoding: line, as: UTF8.self))
    }
    return lines
  }

  /// Says how much of the text was not UTF-8.
  func warn() { Warnings.replacements(reader.replacementCount, in: reader.name) }

  /// The number of lines of a file.
  static func count(path: String) throws -> Int {
    let reader = try LineReader(path: path)
    while try reader.next() != nil {}
    return reader.lineNumber
  }
}
