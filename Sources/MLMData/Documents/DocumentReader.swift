import MLMText

/// Streams the documents of text files, in the order of the files.
///
/// Memory is bounded by the longest document. A U+000D at the end of a line is dropped. Documents
/// of white space alone are left out and counted, and nothing else is lost without a count:
/// see `counts`.
public final class DocumentReader {
  /// A document and where it begins.
  public struct Document: Sendable {
    /// The text: valid UTF-8, without the terminator of its last line.
    public var bytes: [UInt8]
    /// The path, or "standard input".
    public var file: String
    /// The number of its first line, from 1.
    public var line: Int
  }

  /// What has been read so far.
  public struct Counts: Hashable, Sendable {
    /// Bytes read, terminators and blank lines included.
    public var bytes = 0
    /// Documents returned.
    public var documents = 0
    /// Bytes of the documents returned.
    public var documentBytes = 0
    /// Documents of white space alone, which were left out.
    public var emptyDocuments = 0
    /// Malformed UTF-8 sequences, each replaced by one U+FFFD.
    public var replacements = 0
  }

  private let paths: [String]
  private let boundary: DocumentBoundary
  private let field: JSONTextField?
  private let options: LineReader.Options
  private var position = 0
  private var reader: LineReader?
  private var finished = Counts()
  private var documents = Counts()

  /// Creates a reader; nothing is opened yet.
  ///
  /// - Parameters:
  ///   - paths: the files, where "-" is standard input.
  ///   - boundary: what ends a document. With a text field, every line is one.
  ///   - textField: the field that holds the text, if the files are JSON Lines: an object a line.
  ///   - strict: whether malformed UTF-8 is an error instead of replaced and counted.
  public init(
    paths: [String], boundary: DocumentBoundary = .line, textField: String? = nil,
    strict: Bool = false
  ) {
    self.paths = paths
    self.boundary = textField == nil ? boundary : .line
    field = textField.map(JSONTextField.init)
    options = LineReader.Options(strict: strict)
  }

  /// What has been read so far.
  public var counts: Counts {
    var counts = documents
    counts.bytes = finished.bytes + (reader?.byteCount ?? 0)
    counts.replacements = finished.replacements + (reader?.replacementCount ?? 0)
    return counts
  }

  /// The bytes read from the current file so far, packed ones where it is packed.
  public private(set) var readCount = 0

  /// The next document that is not empty, or nil at the end.
  ///
  /// - Throws: `FileError` for a file that cannot be read; `DataError` for a binary file,
  ///   malformed UTF-8 if strict, malformed JSON, or if no file holds any text.
  public func next() throws -> Document? {
    while position < paths.count {
      let current = try reader ?? LineReader(path: paths[position], options: options)
      reader = current
      while let document = try nextDocument(of: current) {
        readCount = current.readCount
        if document.bytes.allSatisfy(Self.isWhiteSpace) {
          documents.emptyDocuments += 1
        } else {
          documents.documents += 1
          documents.documentBytes += document.bytes.count
          return document
        }
      }
      finished.bytes += current.byteCount
      finished.replacements += current.replacementCount
      reader = nil
      position += 1
    }
    if documents.documents == 0 {
      throw DataError(
        .empty, file: paths.map { $0 == "-" ? "standard input" : $0 }.joined(separator: ", "),
        expected: "text", found: counts.bytes == 0 ? "no bytes" : "nothing but white space")
    }
    return nil
  }

  private func nextDocument(of reader: LineReader) throws -> Document? {
    switch boundary {
    case .line:
      guard let line = try reader.next() else { return nil }
      let bytes = try field?.text(in: line, file: reader.name, line: reader.lineNumber)
      return Document(
        bytes: bytes ?? Self.withoutReturn(line), file: reader.name, line: reader.lineNumber)
    case .paragraph: return try joinedLines(of: reader, endingAtBlank: true)
    case .file: return try joinedLines(of: reader, endingAtBlank: false)
    }
  }

  /// The lines up to a blank one, or to the end of the file.
  private func joinedLines(of reader: LineReader, endingAtBlank: Bool) throws -> Document? {
    var document: Document?
    while let next = try reader.next() {
      let line = Self.withoutReturn(next)
      if endingAtBlank, line.allSatisfy(Self.isWhiteSpace) {
        if document != nil { break }
        continue
      }
      if document == nil {
        document = Document(bytes: line, file: reader.name, line: reader.lineNumber)
      } else {
        document?.bytes.append(0x0A)
        document?.bytes.append(contentsOf: line)
      }
    }
    return document
  }

  /// `line` without a U+000D at its end.
  static func withoutReturn(_ line: [UInt8]) -> [UInt8] {
    line.last == 0x0D ? line.dropLast() : line
  }

  /// Whether `byte` is one of ASCII's white space characters.
  static func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
