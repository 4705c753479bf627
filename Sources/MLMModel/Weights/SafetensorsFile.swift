#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A safetensors file opened for reading (huggingface.co/docs/safetensors).
///
/// The header is checked as a whole when the file is opened; numbers are read when asked for. The
/// numbers may start at any byte of the file.
package final class SafetensorsFile {
  package let path: String
  private let header: SafetensorsHeader
  private let descriptor: Int32
  private let dataStart: Int
  private let size: Int
  /// The whole file in memory; nil where the system cannot map it.
  private(set) lazy var mapping = FileMapping(descriptor, count: size)

  /// The reference implementation's own limit on headers.
  private static let headerLimit = 100_000_000

  /// Opens a file and checks its header.
  ///
  /// - Throws: ``ModelError`` with code `missingFile`, `unreadable` or `malformed`.
  package init(path: String) throws(ModelError) {
    self.path = path
    // Opening a pipe would wait for a writer.
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else {
      throw ModelError(
        errno == ENOENT ? .missingFile : .unreadable, path,
        "cannot be opened: \(String(cString: strerror(errno)))")
    }
    do throws(ModelError) {
      size = try Self.size(of: opened, path)
      let bytes = try Self.header(of: opened, size: size, path)
      dataStart = 8 + bytes.count
      header = try SafetensorsHeader(json: bytes, dataSize: size - dataStart, path: path)
    } catch {
      close(opened)
      throw error
    }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// The tensors by name.
  package var entries: [String: SafetensorsHeader.Entry] { header.entries }

  /// Bytes of all numbers.
  var dataCount: Int { size - dataStart }

  /// A tensor's bytes in the mapped file.
  func rawBytes(_ name: String) -> UnsafeRawBufferPointer? {
    guard let entry = entries[name], let mapping else { return nil }
    return UnsafeRawBufferPointer(
      start: mapping.start + dataStart + entry.range.lowerBound, count: entry.range.count)
  }

  /// A tensor's numbers in the mapped file; nil where they are no 32-bit floats, or cannot be used
  /// where they lie.
  func floats(_ name: String) -> UnsafeMutablePointer<Float>? {
    guard let entry = entries[name], entry.type == "F32", let mapping else { return nil }
    let start = mapping.start + dataStart + entry.range.lowerBound
    guard UInt(bitPattern: start) % UInt(MemoryLayout<Float>.alignment) == 0 else { return nil }
    return start.assumingMemoryBound(to: Float.self)
  }

  /// Reads a tensor of floats of 16 or 32 bits.
  ///
  /// - Parameters:
  ///   - name: The tensor's name in the file.
  ///   - shape: The shape it must have.
  ///   - destination: As many numbers as the shape says.
  /// - Throws: ``ModelError`` with code `mismatch`, `unsupported` or `unreadable`.
  package func read(
    _ name: String, shape: [Int], into destination: UnsafeMutableBufferPointer<Float>
  ) throws(ModelError) {
    let entry = try check(name, shape: shape)
    let start = dataStart + entry.range.lowerBound
    guard entry.type != "F32" else {
      try Self.read(
        descriptor, into: UnsafeMutableRawBufferPointer(destination), at: start, path)
      return
    }
    let block = 1 << 15
    var bytes = [UInt16](repeating: 0, count: min(block, destination.count))
    for first in stride(from: 0, to: destination.count, by: block) {
      let count = min(block, destination.count - first)
      try bytes.withUnsafeMutableBytesThrowing { bytes throws(ModelError) in
        try Self.read(
          descriptor, into: UnsafeMutableRawBufferPointer(rebasing: bytes[0..<2 * count]),
          at: start + 2 * first, path)
      }
      bytes.withUnsafeBufferPointer { bytes in
        guard let source = bytes.baseAddress, let target = destination.baseAddress else { return }
        if entry.type == "F16" {
          HalfPrecision.widenFloat16(source, count, target + first)
        } else {
          HalfPrecision.widenBFloat16(source, count, target + first)
        }
      }
    }
  }

  /// All bytes of a small file.
  ///
  /// - Throws: ``ModelError`` with code `missingFile`, `unreadable` or, above the limit, `malformed`.
  static func bytes(ofFileAt path: String, limit: Int) throws(ModelError) -> [UInt8] {
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else {
      throw ModelError(
        errno == ENOENT ? .missingFile : .unreadable, path,
        "cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(opened) }
    let size = try size(of: opened, path)
    guard size <= limit else {
      throw ModelError(.malformed, path, "expected at most \(limit) bytes, found \(size)")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    try bytes.withUnsafeMutableBytesThrowing { bytes throws(ModelError) in
      try read(opened, into: bytes, at: 0, path)
    }
    return bytes
  }

  /// Looks up a tensor of floats.
  ///
  /// - Parameters:
  ///   - name: The tensor's name in the file.
  ///   - shape: The shape it must have.
  /// - Throws: ``ModelError`` with code `mismatch` or `unsupported`.
  @discardableResult
  package func check(_ name: String, shape: [Int]) throws(ModelError) -> SafetensorsHeader.Entry {
    guard let entry = entries[name] else {
      throw ModelError(.mismatch, path, "tensor \(name) is missing; expected shape \(shape)")
    }
    guard entry.shape == shape else {
      throw ModelError(
        .mismatch, path, "tensor \(name): expected shape \(shape), found \(entry.shape)")
    }
    guard ["F32", "F16", "BF16"].contains(entry.type) else {
      throw ModelError(
        .unsupported, path,
        "tensor \(name): expected numbers of type F32, F16 or BF16, found \(entry.type)")
    }
    return entry
  }

  private static func size(of descriptor: Int32, _ path: String) throws(ModelError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw ModelError(.unreadable, path, String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelError(.unreadable, path, "expected a file, found a directory or device")
    }
    return Int(status.st_size)
  }

  private static func header(
    of descriptor: Int32, size: Int, _ path: String
  ) throws(ModelError) -> [UInt8] {
    guard size >= 8 else {
      throw ModelError(.malformed, path, "expected a safetensors file, found \(size) bytes")
    }
    var prefix: UInt64 = 0
    try withUnsafeMutableBytesThrowing(of: &prefix) { bytes throws(ModelError) in
      try read(descriptor, into: bytes, at: 0, path)
    }
    let length = UInt64(littleEndian: prefix)
    guard length >= 2, length <= UInt64(size - 8), length <= UInt64(headerLimit) else {
      throw ModelError(
        .malformed, path,
        "expected a header of 2 to \(min(size - 8, headerLimit)) bytes, found a length of \(length)"
      )
    }
    var header = [UInt8](repeating: 0, count: Int(length))
    let count = header.count
    try header.withUnsafeMutableBytesThrowing { bytes throws(ModelError) in
      try read(
        descriptor, into: UnsafeMutableRawBufferPointer(rebasing: bytes[0..<count]), at: 8, path)
    }
    return header
  }

  private static func read(
    _ descriptor: Int32, into destination: UnsafeMutableRawBufferPointer, at offset: Int,
    _ path: String
  ) throws(ModelError) {
    var done = 0
    while done < destination.count {
      let count = pread(
        descriptor, destination.baseAddress.map { $0 + done }, destination.count - done,
        off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = count == 0 ? "ends early" : String(cString: strerror(errno))
        throw ModelError(.unreadable, path, "\(reason) at byte \(offset + done)")
      }
      done += count
    }
  }
}

// The standard library's closures over bytes do not carry typed errors through.
private func withUnsafeMutableBytesThrowing<T>(
  of value: inout T, _ body: (UnsafeMutableRawBufferPointer) throws(ModelError) -> Void
) throws(ModelError) {
  var failure: ModelError?
  withUnsafeMutableBytes(of: &value) { bytes in
    do throws(ModelError) { try body(bytes) } catch { failure = error }
  }
  if let failure { throw failure }
}

extension Array {
  fileprivate mutating func withUnsafeMutableBytesThrowing(
    _ body: (UnsafeMutableRawBufferPointer) throws(ModelError) -> Void
  ) throws(ModelError) {
    var failure: ModelError?
    withUnsafeMutableBytes { bytes in
      do throws(ModelError) { try body(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
