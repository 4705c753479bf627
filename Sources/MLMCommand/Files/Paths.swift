import MLM
import MLMTraining

/// Names of files that are derived from other names.
package enum Paths {
  /// A path without slashes at its end.
  package static func withoutTrailingSlash(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  /// The directory a command writes where none is given: `reviews.mlm` beside `reviews.tsv`.
  ///
  /// - Parameters:
  ///   - input: The first input file.
  ///   - fallback: The name without ending for standard input and pipes.
  package static func output(for input: String, fallback: String) -> String {
    if input == "-" || System.isStream(input) { return fallback + ".mlm" }
    let directory =
      input.contains("/") ? String(input[...(input.lastIndex(of: "/") ?? input.startIndex)]) : ""
    let name = input.dropFirst(directory.count)
    // A dot that begins a name does not begin an ending.
    let end = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 } ?? name.endIndex
    return directory + name[..<end] + ".mlm"
  }

  /// What an input is called in messages.
  static func name(of input: String) -> String { input == "-" ? "standard input" : input }

  /// The directory for files that go with the process.
  static var temporaryDirectory: String {
    withoutTrailingSlash(System.environment("TMPDIR") ?? "/tmp")
  }

  /// Checks that a file can be made at `path`.
  ///
  /// - Throws: ``CommandError`` with code `cannotCreate`.
  static func requireNewFile(_ path: String, isReplaceable: Bool) throws {
    try requireName(path)
    if FileSystem.isDirectory(path) {
      throw CommandError(.cannotCreate, "\(path): expected a file or nothing, found a directory")
    }
    // Writing to a device or a pipe replaces nothing.
    if System.isStream(path) { return }
    try requireNew(path, isReplaceable: isReplaceable)
  }

  /// Checks that a directory can be made at `path`.
  ///
  /// - Throws: ``CommandError`` with code `cannotCreate`.
  static func requireNewDirectory(_ path: String, isReplaceable: Bool) throws {
    try requireName(path)
    // A lock alone is what a process that was killed left, or holds while it works; who takes the lock
    // finds out which.
    if FileSystem.names(in: path) == [".lock"] && System.isWritable(path) { return }
    if RunDirectory.isHeld(path) {
      throw CommandError(.cannotCreate, "\(path): another process is writing to it")
    }
    if FileSystem.exists(path) && !FileSystem.isDirectory(path) {
      throw CommandError(.cannotCreate, "\(path): expected a directory or nothing, found a file")
    }
    if FileSystem.exists(path) && isReplaceable && !System.isWritable(path) {
      throw CommandError(.cannotCreate, "\(path): the directory cannot be written to")
    }
    try requireNew(path, isReplaceable: isReplaceable)
  }

  /// Checks that an output has a name, and that it does not lead nowhere.
  ///
  /// - Throws: ``CommandError`` with code `usage` or `cannotCreate`.
  private static func requireName(_ path: String) throws {
    if path.isEmpty { throw CommandError(.usage, "--output: expected a name, found none") }
    if System.isBrokenLink(path) {
      throw CommandError(
        .cannotCreate, "\(path): is a symbolic link to something that is not there")
    }
  }

  /// Checks that nothing is at `path` and that it can be made.
  ///
  /// - Throws: ``CommandError`` with code `cannotCreate`.
  private static func requireNew(_ path: String, isReplaceable: Bool) throws {
    if FileSystem.exists(path) {
      guard isReplaceable else {
        throw CommandError(
          .cannotCreate, "\(path): already exists; use --overwrite to replace it")
      }
      return
    }
    let parent = FileSystem.parent(of: path)
    guard FileSystem.isDirectory(parent) else {
      throw CommandError(.cannotCreate, "\(path): there is no directory \(parent)")
    }
    guard System.isWritable(parent) else {
      throw CommandError(.cannotCreate, "\(path): the directory \(parent) cannot be written to")
    }
  }
}
