#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A fixed number of floats at one address, zero at first.
///
/// Whoever shares a buffer between threads sees to it that no two write the same element.
package final class FloatBuffer: @unchecked Sendable {
  package let count: Int
  package let pointer: UnsafeMutablePointer<Float>
  private let memory: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Allocates `count` zeros, aligned to 64 bytes.
  ///
  /// The memory comes from the kernel in whole pages that take up room only once touched; large
  /// buffers ask for huge pages, which spares most address translations.
  package init(count: Int) {
    precondition(count >= 0, "a buffer cannot hold \(count) floats")
    let hugePage = 1 << 21
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    byteCount = bytes >= hugePage ? bytes + hugePage : bytes
    #if canImport(Glibc)
      let flags = Int32(MAP_PRIVATE | MAP_ANONYMOUS)
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      preconditionFailure("out of memory: no room for \(count) floats")
    }
    memory = mapped
    var start = mapped
    if bytes >= hugePage {
      let address = UInt(bitPattern: mapped)
      let aligned = (address + UInt(hugePage) - 1) & ~(UInt(hugePage) - 1)
      start = mapped + Int(aligned - address)
      #if canImport(Glibc)
        madvise(start, bytes, Int32(MADV_HUGEPAGE))
      #endif
    }
    pointer = start.bindMemory(to: Float.self, capacity: max(count, 1))
    self.count = count
  }

  deinit { munmap(memory, byteCount) }

  /// Sets every element to zero.
  package func clear() { pointer.update(repeating: 0, count: count) }

  /// Returns a view of `rows` × `columns` elements from element `start` on, rows without gaps.
  package func matrix(rows: Int, columns: Int, from start: Int = 0) -> Matrix {
    precondition(start >= 0 && start + rows * columns <= count, "the view leaves the buffer")
    return Matrix(pointer + start, rows: rows, columns: columns)
  }
}
