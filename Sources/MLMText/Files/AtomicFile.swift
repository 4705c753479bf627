#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that appears under its name only when it is complete.
///
/// Bytes go to `PATH.tmp-PID` in the same directory. `commit()` makes them durable and renames the
/// temporary over `PATH`, so a reader sees the old file or the new one and never a part. A value
/// dropped without `commit()` removes its temporary. Where `PATH` is a device or a pipe, bytes go
/// straight to it: renaming over `/dev/stdout` would replace the device.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private let isDirect: Bool
  private var buffer: [UInt8] = []

  private static let bufferSize = 1 << 17

  /// Opens the temporary file.
  package init(path: String) throws(FileError) {
    let opened = try Self.open(path)
    self.path = path
    temporaryPath = opened.name
    descriptor = opened.descriptor
    isDirect = opened.isDirect
  }

  private static func open(
    _ path: String
  ) throws(FileError) -> (name: String, descriptor: Int32, isDirect: Bool) {
    let kind = SystemCalls.kind(of: path)
    if kind == .directory {
      throw FileError(code: .isDirectory, path: path, reason: "is a directory; expected a file")
    }
    if kind == .special {
      switch SystemCalls.open(path, O_WRONLY) {
      case .success(let descriptor): return (path, descriptor, true)
      case .failure(let failure): throw creationError(path, failure.number)
      }
    }
    // Another writer of this process may hold the plain name; its file must not be touched.
    var attempt = 1
    while true {
      let name = "\(path).tmp-\(getpid())" + (attempt == 1 ? "" : "-\(attempt)")
      switch SystemCalls.open(name, O_WRONLY | O_CREAT | O_EXCL, 0o666) {
      case .success(let descriptor): return (name, descriptor, false)
      case .failure(let failure):
        guard failure.number == EEXIST, attempt < 1000 else {
          throw creationError(path, failure.number)
        }
        attempt += 1
      }
    }
  }

  deinit {
    if descriptor >= 0 {
      _ = close(descriptor)
      if !isDirect { _ = unlink(temporaryPath) }
    }
  }

  /// Appends `bytes`.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if buffer.count + bytes.count <= Self.bufferSize {
      buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    if bytes.count <= Self.bufferSize {
      buffer.append(contentsOf: bytes)
    } else {
      try writeThrough(bytes)
    }
  }

  /// Appends `bytes`.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    let done = bytes.withUnsafeBytes { storage -> Result<Void, FileError> in
      do throws(FileError) {
        return .success(try write(storage))
      } catch {
        return .failure(error)
      }
    }
    try done.get()
  }

  /// Makes the bytes durable and gives the file its name.
  package consuming func commit() throws(FileError) {
    try flush()
    if isDirect {
      // A device that buffers tells of a full disk only when it is closed.
      let closed = close(descriptor)
      descriptor = -1
      if closed != 0 { throw writeError(errno) }
      return
    }
    if fsync(descriptor) != 0 { throw writeError(errno) }
    if rename(temporaryPath, path) != 0 { throw writeError(errno) }
    _ = close(descriptor)
    descriptor = -1
    // The rename is durable only once the directory is.
    if case .success(let directory) = SystemCalls.open(Self.directory(of: path), O_RDONLY) {
      _ = fsync(directory)
      _ = close(directory)
    }
  }

  private mutating func flush() throws(FileError) {
    let done = buffer.withUnsafeBytes { storage -> Result<Void, FileError> in
      do throws(FileError) {
        return .success(try writeThrough(storage))
      } catch {
        return .failure(error)
      }
    }
    buffer.removeAll(keepingCapacity: true)
    try done.get()
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      switch SystemCalls.retrying({ systemWrite(base + done, bytes.count - done) }) {
      case .success(let count): done += count
      case .failure(let failure): throw writeError(failure.number)
      }
    }
  }

  private func systemWrite(_ start: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Darwin)
      return Darwin.write(descriptor, start, count)
    #elseif canImport(Musl)
      return Musl.write(descriptor, start, count)
    #else
      return Glibc.write(descriptor, start, count)
    #endif
  }

  private func writeError(_ number: Int32) -> FileError {
    if number == ENOSPC || number == EDQUOT {
      return FileError(code: .diskFull, path: path, reason: "no space left on device")
    }
    return FileError(
      code: .writeFailed, path: path, reason: "cannot be written: \(SystemCalls.message(number))")
  }

  private static func creationError(_ path: String, _ number: Int32) -> FileError {
    if number == ENOSPC || number == EDQUOT {
      return FileError(code: .diskFull, path: path, reason: "no space left on device")
    }
    let reason =
      number == ENOENT
      ? "cannot be made: there is no directory \(directory(of: path))"
      : "cannot be made: \(SystemCalls.message(number))"
    return FileError(code: .cannotCreate, path: path, reason: reason)
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
