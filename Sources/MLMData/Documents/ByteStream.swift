import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, or of standard input, a block at a time.
///
/// Blocks are read with `read(2)`. The file is not mapped: mapped pages count towards resident
/// memory, and a mapped file that shrinks meanwhile kills the process.
final class ByteStream {
  /// The size of a block in bytes.
  static let blockSize = 1 << 20

  /// The path, or "standard input".
  let name: String
  private let descriptor: Int32

  /// Opens `path`, where "-" is standard input.
  init(path: String) throws(FileError) {
    guard path != "-" else {
      name = "standard input"
      descriptor = STDIN_FILENO
      return
    }
    name = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code: FileError.Code = errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable
      throw FileError(code: code, path: path, reason: String(cString: strerror(errno)).lowercased())
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw FileError(code: .isDirectory, path: path, reason: "expected a file, found a directory")
    }
  }

  deinit {
    if descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// Fills `block` with what comes next and returns its number of bytes; 0 at the end.
  ///
  /// A pipe or a terminal may give less than a full block, which is then handed on at once.
  func read(into block: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(descriptor, block.baseAddress, block.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, block.baseAddress, block.count)
      #else
        let count = Glibc.read(descriptor, block.baseAddress, block.count)
      #endif
      if count >= 0 { return count }
      guard errno == EINTR else {
        let code: FileError.Code = errno == EISDIR ? .isDirectory : .unreadable
        throw FileError(
          code: code, path: name, reason: String(cString: strerror(errno)).lowercased())
      }
    }
  }
}
