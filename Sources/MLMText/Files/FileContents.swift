#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Whole files, read and written as bytes.
package enum FileContents {
  /// Returns every byte of the file at `path`.
  package static func read(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor: Int32
    switch SystemCalls.open(path, O_RDONLY) {
    case .success(let opened): descriptor = opened
    case .failure(let failure): throw readError(path, failure.number)
    }
    defer { _ = close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw readError(path, errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw readError(path, EISDIR) }

    // One byte more than the size, so that the usual file is read and its end seen in two calls.
    var bytes: [UInt8] = []
    var capacity = max(Int(status.st_size) + 1, 1 << 16)
    while true {
      let start = bytes.count
      var failure: Int32?
      let piece = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        while count < buffer.count {
          let rest = buffer.count - count
          switch SystemCalls.retrying({ Self.read(descriptor, buffer, at: count, rest) }) {
          case .success(0): return
          case .success(let got): count += got
          case .failure(let error):
            failure = error.number
            return
          }
        }
      }
      if let failure { throw readError(path, failure) }
      if start == 0 { bytes = piece } else { bytes += piece }
      if piece.count < capacity { return bytes }
      capacity = max(bytes.count, 1 << 16)
    }
  }

  /// Replaces the file at `path` by `bytes`, whole or not at all.
  package static func write(_ bytes: some Collection<UInt8>, to path: String) throws(FileError) {
    var file = try AtomicFile(path: path)
    let done: Result<Void, FileError>? = bytes.withContiguousStorageIfAvailable { storage in
      do throws(FileError) {
        return .success(try file.write(UnsafeRawBufferPointer(storage)))
      } catch {
        return .failure(error)
      }
    }
    if let done {
      try done.get()
    } else {
      try file.write(Array(bytes))
    }
    try file.commit()
  }

  private static func read(
    _ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int, _ count: Int
  ) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    #if canImport(Darwin)
      return Darwin.read(descriptor, base + start, count)
    #elseif canImport(Musl)
      return Musl.read(descriptor, base + start, count)
    #else
      return Glibc.read(descriptor, base + start, count)
    #endif
  }

  private static func readError(_ path: String, _ number: Int32) -> FileError {
    switch number {
    case ENOENT, ENOTDIR:
      FileError(code: .missing, path: path, reason: "no such file")
    case EISDIR:
      FileError(code: .isDirectory, path: path, reason: "is a directory; expected a file")
    default:
      FileError(
        code: .unreadable, path: path, reason: "cannot be read: \(SystemCalls.message(number))")
    }
  }
}
