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
/// The files are written and synced to a hidden folder beside or inside the directory. ``commit()``
/// renames that folder, or, where the directory already exists, each file in the order written; a
/// reader takes the last one, `config.json`, for the sign of a whole directory.
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
    self.path = path
    isInside = FileContents.isDirectory(path)
    staging = (isInside ? path + "/.writing-" : path + ".writing-") + String(getpid())
    DirectoryWriter.removeTree(staging)
    try Self.create(staging)
  }

  deinit {
    if !isCommitted { Self.removeTree(staging) }
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
      if !FileContents.isDirectory(folder) { try Self.create(folder) }
    }
    var file = try AtomicFile(path: staging + "/" + name)
    try body(&file)
    try file.commit()
    written.append(name)
  }

  /// Makes the files appear.
  package func commit() throws(FileError) {
    if !isInside {
      guard rename(staging, path) == 0 else { throw Self.failure(path) }
    } else {
      // A directory that is being replaced is not whole until its configuration is back.
      unlink(path + "/config.json")
      for name in written {
        if let slash = name.lastIndex(of: "/") {
          let folder = path + "/" + name[..<slash]
          if !FileContents.isDirectory(folder) { try Self.create(folder) }
        }
        guard rename(staging + "/" + name, path + "/" + name) == 0 else {
          throw Self.failure(path + "/" + name)
        }
      }
      Self.removeTree(staging)
    }
    isCommitted = true
    Self.sync(path)
    if !isInside { Self.sync(parent(of: path)) }
  }

  private func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes a directory whose parent exists.
  package static func create(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) != 0 { throw failure(path) }
  }

  /// Removes a file or a directory with all it holds; does nothing where there is none.
  package static func removeTree(_ path: String) {
    for name in names(in: path) {
      removeTree(path + "/" + name)
    }
    remove(path)
  }

  /// Names of what a directory holds, sorted by bytes; empty where it is none.
  package static func names(in path: String) -> [String] {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      let directory = opendir(path)
    else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func sync(_ path: String) {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func failure(_ path: String) -> FileError {
    let code: FileError.Code = errno == ENOSPC || errno == EDQUOT ? .diskFull : .cannotCreate
    return FileError(code, path: path, reason: String(cString: strerror(errno)))
  }
}
