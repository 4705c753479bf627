#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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
  /// What the header says of one tensor.
  package struct Entry: Hashable, Sendable {
    package let type: String
    package let shape: [Int]
    /// Bytes of the numbers, counted from the end of the header.
    package let range: Range<Int>
  }

  package let path: String
  /// The tensors by name.
  package let entries: [String: Entry]
  private let descriptor: Int32
  private let dataStart: Int

  /// The reference implementation's own limit on headers.
  private static let headerLimit = 100_000_000

  /// Opens a file and checks its header.
  ///
  /// - Throws: ``ModelError`` with code `missingFile`, `unreadable` or `malformed`.
  package init(path: String) throws(ModelError) {
    self.path = path
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else {
      throw ModelError(
        errno == ENOENT ? .missingFile : .unreadable, path,
        "cannot be opened: \(String(cString: strerror(errno)))")
    }
    do throws(ModelError) {
      let size = try Self.size(of: opened, path)
      let header = try Self.header(of: opened, size: size, path)
      entries = try Self.parse(header, dataSize: size - 8 - header.count, path)
      dataStart = 8 + header.count
    } catch {
      close(opened)
      throw error
    }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Reads a tensor of 32-bit floats.
  ///
  /// - Parameters:
  ///   - name: The tensor's name in the file.
  ///   - shape: The shape it must have.
  ///   - destination: As many numbers as the shape says.
  /// - Throws: ``ModelError`` with code `mismatch`, `unsupported` or `unreadable`.
  package func read(
    _ name: String, shape: [Int], into destination: UnsafeMutableBufferPointer<Float>
  ) throws(ModelError) {
    guard let entry = entries[name] else {
      throw ModelError(.mismatch, path, "tensor \(name) is missing; expected shape \(shape)")
    }
    guard entry.shape == shape else {
      throw ModelError(
        .mismatch, path, "tensor \(name): expected shape \(shape), found \(entry.shape)")
    }
    guard entry.type == "F32" else {
      throw ModelError(
        .unsupported, path, "tensor \(name): expected numbers of type F32, found \(entry.type)")
    }
    try Self.read(
      descriptor, into: UnsafeMutableRawBufferPointer(destination),
      at: dataStart + entry.range.lowerBound, path)
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

  // MARK: Header

  private struct HeaderEntry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private struct Header: Decodable {
    var entries: [String: HeaderEntry] = [:]

    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys where key.stringValue != "__metadata__" {
        entries[key.stringValue] = try container.decode(HeaderEntry.self, forKey: key)
      }
    }
  }

  private static func parse(
    _ header: [UInt8], dataSize: Int, _ path: String
  ) throws(ModelError) -> [String: Entry] {
    let parsed: Header
    do {
      parsed = try JSONDecoder().decode(Header.self, from: Data(header))
    } catch {
      throw ModelError(.malformed, path, "expected a JSON header of tensors, found other bytes")
    }
    let sizes = ["F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2]
    var entries: [String: Entry] = [:]
    for (name, entry) in parsed.entries {
      func malformed(_ reason: String) -> ModelError {
        ModelError(.malformed, path, "tensor \(name): \(reason)")
      }
      guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0,
        entry.data_offsets[0] <= entry.data_offsets[1], entry.data_offsets[1] <= dataSize
      else {
        throw malformed(
          "expected offsets within the file's \(dataSize) bytes of data, found \(entry.data_offsets)"
        )
      }
      let range = entry.data_offsets[0]..<entry.data_offsets[1]
      var count = 1
      for size in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow else { throw malformed("impossible shape \(entry.shape)") }
        count = product
      }
      if let size = sizes[entry.dtype] {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, bytes == range.count else {
          throw malformed(
            "shape \(entry.shape) of \(entry.dtype) does not fit its \(range.count) bytes")
        }
      }
      entries[name] = Entry(type: entry.dtype, shape: entry.shape, range: range)
    }
    try checkContiguous(entries, dataSize: dataSize, path)
    return entries
  }

  /// The format wants every byte to belong to exactly one tensor.
  private static func checkContiguous(
    _ entries: [String: Entry], dataSize: Int, _ path: String
  ) throws(ModelError) {
    var end = 0
    for (name, entry) in entries.sorted(by: {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }) {
      guard entry.range.lowerBound == end else {
        throw ModelError(
          .malformed, path,
          "tensor \(name): expected to start at byte \(end) of the data, found \(entry.range.lowerBound)"
        )
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else {
      throw ModelError(
        .malformed, path, "expected \(end) bytes of data, found \(dataSize)")
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
