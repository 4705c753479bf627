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

/// Things a command goes on in spite of.
enum Warnings {
  /// Malformed UTF-8.
  static func replacements(_ count: Int, in name: String) {
    guard count > 0 else { return }
    let sequences = Numbers.counted(count, "malformed UTF-8 sequence")
    StandardError.warning("\(name): \(sequences) replaced by U+FFFD")
  }

  /// Texts that were longer than what is read of them.
  static func truncation(_ count: Int, of total: Int, what: String, maximumLength: Int? = nil) {
    guard count > 0 else { return }
    let limit = maximumLength.map { "\($0) tokens" } ?? "the tokens that are read of a text"
    StandardError.warning(
      "\(Numbers.grouped(count)) of \(Numbers.counted(total, what)) cut to \(limit)")
  }
}
