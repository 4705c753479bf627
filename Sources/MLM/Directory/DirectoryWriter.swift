import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a set of files so that a directory has all of them or none.
///
/// The files are written and synced to a folder of their own first. Where the directory is new, that
/// is `PATH.writing-PID` beside it, which ``commit(removing:)`` renames: the directory appears at once.
/// Where it exists, that is the hidden folder `PATH/.writing-PID` inside it, and each file is renamed,
/// in the order written: a process that ends meanwhile leaves the first of the new files. That is why
/// `config.json` goes before all others and comes back after those it describes: a reader takes it for
/// the sign of a whole model.
package final class DirectoryWriter {
  private let path: String
  private let staging: String
  private let isInside: Bool
  private var written: [String] = []
  private var isCommitted = false

  /// Prepares to write into `path`, which may exist.
  ///
  /// - Throws: `FileError` with code `cannotCreate`.
  package init(_ path: String) throws(FileError) {
    var path = path
    // The folder beside it is named by what stands before a slash at the end.
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    self.path = path
    isInside = FileSystem.isDirectory(path)
    staging = (isInside ? path + "/.writing-" : path + ".writing-") + String(getpid())
    FileSystem.removeTree(staging)
    try FileSystem.create(staging)
  }

  deinit {
    if !isCommitted { FileSystem.removeTree(staging) }
  }

  /// Writes a file of the given bytes; `name` may hold folders.
  package func write(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    try write(name) { file throws(FileError) in
      var failure: FileError?
      bytes.withUnsafeBytes { bytes in
        do throws(FileError) { try file.write(bytes) } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }

  /// Writes a file by handing it out.
  package func write(
    _ name: String, _ body: (inout AtomicFile) throws(FileError) -> Void
  ) throws(FileError) {
    let folders = name.split(separator: "/").dropLast()
    var folder = staging
    for part in folders {
      folder += "/" + part
      if !FileSystem.isDirectory(folder) { try FileSystem.create(folder) }
    }
    var file = try AtomicFile(path: staging + "/" + name)
    try body(&file)
    try file.commit()
    written.append(name)
  }

  /// Makes the files appear.
  ///
  /// - Parameter names: What a directory that exists loses before the first of them does.
  /// - Throws: `FileError` with code `cannotCreate` or `diskFull`.
  package func commit(removing names: [String] = []) throws(FileError) {
    if !isInside {
      guard rename(staging, path) == 0 else { throw FileSystem.failure(path) }
    } else {
      // A directory that is being replaced is not whole until its configuration is back.
      unlink(path + "/config.json")
      for name in names { FileSystem.removeTree(path + "/" + name) }
      for name in written {
        if let slash = name.lastIndex(of: "/") {
          let folder = path + "/" + name[..<slash]
          if !FileSystem.isDirectory(folder) { try FileSystem.create(folder) }
        }
        guard rename(staging + "/" + name, path + "/" + name) == 0 else {
          throw FileSystem.failure(path + "/" + name)
        }
      }
      FileSystem.removeTree(staging)
    }
    isCommitted = true
    FileSystem.sync(path)
    if !isInside { FileSystem.sync(FileSystem.parent(of: path)) }
  }
}
