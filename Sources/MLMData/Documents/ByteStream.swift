import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, or of standard input, a block at a time; gzip and zstd are unpacked.
///
/// Blocks are read with `read(2)`. The file is not mapped: mapped pages count towards resident
/// memory, and a mapped file that shrinks meanwhile kills the process.
final class ByteStream {
  /// The size of a block in bytes.
  static let blockSize = 1 << 20

  /// The path, or "standard input".
  let name: String
  /// Bytes read from the file so far, packed ones where it is packed.
  private(set) var readCount = 0
  private let descriptor: Int32
  /// Bytes that were read and not yet handed on or unpacked.
  private var pending: UnsafeMutableRawBufferPointer
  private var rest = 0..<0
  private var isProbed = false
  private var isAtEnd = false
  private var decompressor: (any Decompressor)?

  /// Opens `path`, where "-" is standard input.
  init(path: String) throws(FileError) {
    pending = .allocate(byteCount: 0, alignment: 1)
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
      throw FileError(code: .isDirectory, path: path, reason: "expected a file, found a directory")
    }
  }

  deinit {
    pending.deallocate()
    if descriptor > STDIN_FILENO { close(descriptor) }
  }

  /// Fills `block` with what comes next and returns its number of bytes; 0 at the end.
  ///
  /// A pipe or a terminal may give less than a full block, which is then handed on at once.
  ///
  /// - Throws: `FileError` if reading fails; `DataError` for damaged or incomplete packed bytes.
  func read(into block: UnsafeMutableRawBufferPointer) throws -> Int {
    if !isProbed { try probe() }
    guard let decompressor else {
      guard !rest.isEmpty else { return try readPlain(into: block) }
      let count = min(rest.count, block.count)
      block.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: pending[rest.lowerBound..<rest.lowerBound + count]))
      rest = rest.lowerBound + count..<rest.upperBound
      return count
    }
    while true {
      if rest.isEmpty, !isAtEnd {
        rest = 0..<(try readPlain(into: pending))
        isAtEnd = rest.isEmpty
      }
      if rest.isEmpty, decompressor.isBetweenStreams { return 0 }
      guard
        let (consumed, produced) = decompressor.unpack(
          UnsafeRawBufferPointer(rebasing: pending[rest]), into: block)
      else {
        throw DataError(
          .corrupt, file: name, expected: "\(decompressor.format) data",
          found: "damage before byte \(readCount)")
      }
      rest = rest.lowerBound + consumed..<rest.upperBound
      if produced > 0 { return produced }
      if isAtEnd, rest.isEmpty, !decompressor.isBetweenStreams {
        throw DataError(
          .corrupt, file: name, expected: "\(decompressor.format) data to its end",
          found: "the end of the file after \(readCount) bytes")
      }
    }
  }

  /// Reads the first few bytes, which tell whether the file is packed.
  private func probe() throws {
    isProbed = true
    var start = [UInt8](repeating: 0, count: Compression.probeLength)
    var count = 0
    while count < start.count {
      let soFar = count
      let got = try start.withUnsafeMutableBytes { bytes in
        try readPlain(into: UnsafeMutableRawBufferPointer(rebasing: bytes[soFar...]))
      }
      count += got
      let isUndecided = start[..<count].withUnsafeBytes(Compression.isUndecided)
      if got == 0 || !isUndecided { break }
    }
    decompressor = start[..<count].withUnsafeBytes(Compression.decompressor)
    pending.deallocate()
    pending = .allocate(
      byteCount: decompressor == nil ? max(count, 1) : Self.blockSize, alignment: 64)
    pending.copyBytes(from: start[..<count])
    rest = 0..<count
  }

  private func readPlain(into block: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(descriptor, block.baseAddress, block.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, block.baseAddress, block.count)
      #else
        let count = Glibc.read(descriptor, block.baseAddress, block.count)
      #endif
      if count >= 0 {
        readCount += count
        return count
      }
      guard errno == EINTR else {
        let code: FileError.Code = errno == EISDIR ? .isDirectory : .unreadable
        throw FileError(
          code: code, path: name, reason: String(cString: strerror(errno)).lowercased())
      }
    }
  }
}
