import MLMData

/// The lines of a file as texts, a block at a time.
///
/// Lines end at U+000A alone. A U+000D at the end of a line is dropped, as it is of labelled text.
final class TextLines {
  /// Lines and bytes after which a block ends: enough to sort by length and share among threads.
  ///
  /// What is in a block depends on the lines only.
  static let blockLines = 2048
  static let blockBytes = 1 << 18

  private let reader: LineReader
  /// Bytes of the file, packed ones where it is packed; nil where they are not known.
  private let size: Int?

  /// Opens a file; "-" and nil are standard input.
  init(path: String?) throws {
    let path = path ?? "-"
    reader = try LineReader(path: path)
    size = path == "-" || System.isStream(path) ? nil : System.size(path)
  }

  /// What the file is called in messages.
  var name: String { reader.name }

  /// The share of the file that was handed on; nil where its size is not known.
  var share: Double? {
    guard let size, size > 0 else { return nil }
    // More is read than was handed on, and lines are longer than what they are packed into.
    return min(1, Double(min(reader.readCount, reader.byteCount)) / Double(size))
  }

  /// The next lines; empty at the end.
  func nextBlock() throws -> [String] {
    var lines: [String] = []
    var bytes = 0
    while lines.count < Self.blockLines, bytes < Self.blockBytes, var line = try reader.next() {
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      bytes += line.count
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
