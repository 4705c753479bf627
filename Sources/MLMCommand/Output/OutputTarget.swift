import MLMText

/// Where a command's data goes: standard output, or a file that appears when it is whole.
final class OutputTarget {
  private var file: AtomicFile?

  /// Opens a file; nil is standard output.
  init(_ path: String?) throws {
    if let path { file = try AtomicFile(path: path) } else { file = nil }
  }

  /// Writes bytes.
  func write(_ bytes: [UInt8]) throws {
    if file == nil { try StandardOutput.shared.write(bytes) } else { try file?.write(bytes) }
  }

  /// Ends the data.
  func finish() throws {
    guard let file = file.take() else { return try StandardOutput.shared.flush() }
    try file.commit()
  }
}
