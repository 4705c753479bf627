import MLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file in memory, read as it is touched.
final class MappedFile {
  let path: String
  let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// - Throws: `FileError` where it is missing; ``CommandError`` with code `badData` where it does not
  ///   have `size` bytes, from 1.
  init(_ path: String, size: Int) throws {
    self.path = path
    let found = try FileSystem.size(path)
    guard found == size else {
      throw CommandError(
        .badData, "\(path): expected \(Numbers.counted(size, "byte")), found \(found)")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileSystem.failure(path) }
    defer { close(descriptor) }
    let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else { throw FileSystem.failure(path) }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// Lets go of the memory of the whole pages of a part.
  func release(_ start: UnsafeRawPointer, count: Int) {
    let page = UInt(getpagesize())
    let first = (UInt(bitPattern: start) + page - 1) / page * page
    let end = (UInt(bitPattern: start) + UInt(count)) / page * page
    guard first < end, let pointer = UnsafeMutableRawPointer(bitPattern: first) else { return }
    madvise(pointer, Int(end - first), Int32(MADV_DONTNEED))
  }
}
