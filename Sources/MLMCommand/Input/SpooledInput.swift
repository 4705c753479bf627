import MLMData
import MLMText
import MLM

/// Inputs that can be read more than once: what comes from a pipe is copied to a file first.
///
/// The copies go with the value.
final class SpooledInput {
  /// The inputs, each a file.
  private(set) var paths: [String]
  private let directory: String

  /// Copies the pipes among some inputs.
  ///
  /// - Parameters:
  ///   - inputs: Paths; "-" is standard input.
  ///   - directory: Where copies go; made if there is something to copy.
  init(_ inputs: [String], directory: String) throws {
    paths = inputs
    self.directory = directory
    for (index, input) in inputs.enumerated() where input == "-" || System.isStream(input) {
      if !FileSystem.isDirectory(directory) { try FileSystem.create(directory) }
      // Named alike in every process: a run that goes on knows its text by the names and sizes.
      paths[index] = "\(directory)/input-\(index + 1)"
      try Self.copy(input, to: paths[index])
    }
  }

  deinit { remove() }

  /// Removes the copies.
  func remove() {
    if FileSystem.exists(directory) { FileSystem.removeTree(directory) }
  }

  private static func copy(_ input: String, to path: String) throws {
    let reader = try LineReader(path: input, options: .verbatim)
    var file = try AtomicFile(path: path)
    while var line = try reader.next() {
      if reader.isTerminated { line.append(UInt8(ascii: "\n")) }
      try file.write(line)
    }
    try file.commit()
  }
}
