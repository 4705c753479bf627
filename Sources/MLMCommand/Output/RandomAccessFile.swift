import MLM
import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is read, cut and written to at its end, by one process at a time.
final class RandomAccessFile {
  let path: String
  private let descriptor: Int32

  /// Opens a file, or makes it, and locks it.
  ///
  /// - Throws: `FileError` with code `cannotCreate` or `diskFull`; ``CommandError`` with code
  ///   `cannotCreate` where another process has it.
  init(path: String, isNew: Bool) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CLOEXEC | (isNew ? O_CREAT : 0), 0o666)
    guard descriptor >= 0 else { throw FileSystem.failure(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CommandError(.cannotCreate, "\(path): another process is writing to it")
    }
    if isNew { try truncate(to: 0) }
  }

  /// Opens a file to read it.
  ///
  /// - Throws: `FileError` where it is missing.
  init(reading path: String) throws {
    self.path = path
    _ = try FileSystem.size(path)
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError(code: .unreadable, path: path, reason: System.message(errno))
    }
  }

  deinit { close(descriptor) }

  /// Bytes it has.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Leaves the first bytes, and writes after them from now on.
  func truncate(to size: Int) throws {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0
    else { throw FileSystem.failure(path) }
  }

  /// Writes at the end.
  ///
  /// - Throws: ``CommandError`` with code `writeError`.
  func write(_ bytes: [UInt8]) throws {
    if let failure = bytes.withUnsafeBytes({ System.write($0, to: descriptor) }) {
      throw CommandError(.writeError, "\(path): \(System.message(failure))")
    }
  }

  /// Calls `body` with the bytes from the first on, block after block.
  func forEachBlock(_ body: (UnsafeRawBufferPointer) -> Void) throws {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    var place = 0
    while true {
      let count = pread(descriptor, block.baseAddress, block.count, off_t(place))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw CommandError(.noInput, "\(path): cannot be read: \(System.message(errno))")
      }
      if count == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: block[..<count]))
      place += count
    }
  }

  /// Some of the bytes.
  ///
  /// - Throws: ``CommandError`` with code `badData` where there are fewer.
  func read(_ range: Range<Int>) throws -> [UInt8] {
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while done < range.count {
        let got = pread(
          descriptor, buffer.baseAddress! + done, range.count - done,
          off_t(range.lowerBound + done))
        if got < 0 && errno == EINTR { continue }
        if got <= 0 { break }
        done += got
      }
      count = done
    }
    guard done == range.count else {
      throw CommandError(
        .badData, "\(path): expected \(Numbers.counted(range.upperBound, "byte")), found fewer")
    }
    return bytes
  }

  /// Waits until all is on the disk, and gives the file another name.
  func rename(to name: String) throws {
    guard fsync(descriptor) == 0 else {
      throw CommandError(.writeError, "\(path): \(System.message(errno))")
    }
    try System.rename(path, to: name)
    FileSystem.sync(FileSystem.parent(of: name))
  }
}
