import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What model directories and runs need of the file system beside reading and writing files.
package enum FileSystem {
  /// Whether there is anything at a path.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether there is a directory at a path.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Bytes of the file at a path.
  ///
  /// - Throws: `FileError` with code `missing` or `isDirectory`.
  package static func size(_ path: String) throws(FileError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError(code: .missing, path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw FileError(
        code: .isDirectory, path: path, reason: "expected a file, found a directory")
    }
    return Int(status.st_size)
  }

  /// The directory that holds a path.
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes a directory whose parent exists.
  ///
  /// - Throws: `FileError` with code `cannotCreate` or `diskFull`.
  package static func create(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) != 0 { throw failure(path) }
  }

  /// Removes a file or a directory with all it holds; does nothing where there is none.
  package static func removeTree(_ path: String) {
    for name in names(in: path) { removeTree(path + "/" + name) }
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

  /// Waits until the names in a directory are on the disk.
  package static func sync(_ path: String) {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The error that the last call left.
  package static func failure(_ path: String) -> FileError {
    let code: FileError.Code = errno == ENOSPC || errno == EDQUOT ? .diskFull : .cannotCreate
    return FileError(code: code, path: path, reason: String(cString: strerror(errno)))
  }
}
