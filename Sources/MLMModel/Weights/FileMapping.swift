#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file, read from the disk when they are first looked at.
///
/// They must not be written to, and the file not be changed in place while it is mapped; replacing it
/// by another of its name is fine.
final class FileMapping: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  private let count: Int

  /// Maps a whole file; nil where the system does not let it.
  init?(_ descriptor: Int32, count: Int) {
    guard count > 0,
      let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { return nil }
    self.start = start
    self.count = count
  }

  deinit { munmap(start, count) }
}
