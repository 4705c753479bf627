/// Where vectors go: standard output or another stream, or a file that can be gone on with.
final class VectorTarget {
  private let stream: OutputTarget?
  private let file: ResumableFile?

  /// A stream; nil is standard output.
  init(stream path: String?, _ writer: any VectorWriter) throws {
    let stream = try OutputTarget(path)
    try stream.write(writer.header)
    (self.stream, file) = (stream, nil)
  }

  init(_ file: ResumableFile) { (stream, self.file) = (nil, file) }

  /// Whether a run that is stopped can be gone on with.
  var isResumable: Bool { file != nil }

  /// Vectors that are there already.
  var rows: Int { file?.rows ?? 0 }

  /// Writes whole vectors.
  func write(_ bytes: [UInt8]) throws {
    try stream?.write(bytes)
    try file?.write(bytes)
  }

  /// Ends the data.
  func finish() throws {
    try stream?.finish()
    try file?.finish()
  }

  /// Removes what was written to a file.
  func discard() { file?.discard() }
}
