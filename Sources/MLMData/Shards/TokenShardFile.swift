import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One open shard.
///
/// `TokenShardFormat` describes the file. Ids are read with `pread`, which keeps no position, so threads may share it.
final class TokenShardFile: Sendable {
  /// The UTF-8 bytes of each document.
  let byteCounts: [UInt32]
  /// Where the ids of each document start, and the end of the last.
  private let starts: [UInt32]
  private let path: String
  private let bytesPerID: Int
  private let descriptor: Descriptor

  /// Opens a shard and checks all of it against its manifest entry and its own checksum.
  init(
    path: String, entry: TokenShardManifest.Shard, fingerprint: String, bytesPerID: Int
  ) throws {
    self.path = path
    self.bytesPerID = bytesPerID
    descriptor = try Descriptor(path: path)
    let size = try descriptor.size()
    // The counts are bounded by the size before anything is computed from them.
    guard size == entry.size, entry.tokens <= size, entry.documents <= size else {
      throw DataError(
        .corrupt, file: path, expected: "\(entry.size) bytes", found: "\(size)")
    }
    let idBytes = TokenShardFormat.paddedSize(tokens: entry.tokens, bytesPerID: bytesPerID)
    let tableStart = TokenShardFormat.headerSize + idBytes
    let footerStart = tableStart + entry.documents * TokenShardFormat.entrySize
    guard size == footerStart + TokenShardFormat.footerSize, entry.tokens <= Int(UInt32.max) else {
      throw DataError(
        .corrupt, file: path,
        expected: "\(footerStart + TokenShardFormat.footerSize) bytes for its documents and tokens",
        found: "\(size)")
    }
    let header = try descriptor.read(0..<TokenShardFormat.headerSize)
    let value = UInt64(fingerprint, radix: 16) ?? 0
    guard header == TokenShardFormat.header(bytesPerID: bytesPerID, fingerprint: value) else {
      throw DataError(
        .corrupt, file: path, expected: "the header of a token shard of vocabulary \(fingerprint)",
        found: "another one")
    }
    var checksum = ShardChecksum()
    for start in stride(from: 0, to: footerStart, by: 1 << 20) {
      try descriptor.read(start..<min(start + 1 << 20, footerStart)).withUnsafeBytes {
        checksum.update($0)
      }
    }
    let footer =
      TokenShardFormat.bytes(UInt64(entry.documents)) + TokenShardFormat.bytes(UInt64(entry.tokens))
      + TokenShardFormat.bytes(checksum.value) + TokenShardFormat.footerMagic
    guard try descriptor.read(footerStart..<size) == footer else {
      throw DataError(
        .corrupt, file: path, expected: "the checksum in its footer", found: "other content")
    }
    let table = try descriptor.read(tableStart..<footerStart)
    var starts: [UInt32] = [0]
    var byteCounts: [UInt32] = []
    starts.reserveCapacity(entry.documents + 1)
    byteCounts.reserveCapacity(entry.documents)
    var next: UInt64 = 0
    table.withUnsafeBytes { bytes in
      for offset in stride(from: 0, to: bytes.count, by: TokenShardFormat.entrySize) {
        let tokens = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        let size = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
        next += UInt64(UInt32(littleEndian: tokens))
        starts.append(UInt32(truncatingIfNeeded: next))
        byteCounts.append(UInt32(littleEndian: size))
      }
    }
    guard next == UInt64(entry.tokens) else {
      throw DataError(
        .corrupt, file: path, expected: "documents of \(entry.tokens) tokens", found: "\(next)")
    }
    self.starts = starts
    self.byteCounts = byteCounts
  }

  /// Where the ids of a document lie among those of the shard.
  func tokens(of document: Int) -> Range<Int> { Int(starts[document])..<Int(starts[document + 1]) }

  /// Appends ids by their position in the shard.
  func appendIDs(_ range: Range<Int>, to ids: inout [Int32]) throws {
    let start = TokenShardFormat.headerSize
    let bytes = try descriptor.read(
      start + range.lowerBound * bytesPerID..<start + range.upperBound * bytesPerID)
    bytes.withUnsafeBytes { bytes in
      if bytesPerID == 2 {
        for offset in stride(from: 0, to: bytes.count, by: 2) {
          let id = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
          ids.append(Int32(UInt16(littleEndian: id)))
        }
      } else {
        for offset in stride(from: 0, to: bytes.count, by: 4) {
          let id = bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
          ids.append(Int32(littleEndian: id))
        }
      }
    }
  }

  /// A file open for reading at any position.
  private final class Descriptor: Sendable {
    private let path: String
    private let number: Int32

    init(path: String) throws(FileError) {
      self.path = path
      number = open(path, O_RDONLY | O_CLOEXEC)
      guard number >= 0 else {
        let code: FileError.Code = errno == ENOENT ? .missing : .unreadable
        throw FileError(
          code: code, path: path, reason: String(cString: strerror(errno)).lowercased())
      }
    }

    deinit { close(number) }

    func size() throws(FileError) -> Int {
      var status = stat()
      guard fstat(number, &status) == 0 else {
        throw FileError(
          code: .unreadable, path: path, reason: String(cString: strerror(errno)).lowercased())
      }
      return Int(status.st_size)
    }

    /// The bytes at `range`, all of them or an error.
    func read(_ range: Range<Int>) throws -> [UInt8] {
      try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
        while count < range.count {
          let got = pread(
            number, buffer.baseAddress?.advanced(by: count), range.count - count,
            off_t(range.lowerBound + count))
          if got < 0, errno == EINTR { continue }
          guard got >= 0 else {
            throw FileError(
              code: .unreadable, path: path, reason: String(cString: strerror(errno)).lowercased())
          }
          guard got > 0 else {
            throw DataError(
              .corrupt, file: path, expected: "\(range.upperBound) bytes",
              found: "\(range.lowerBound + count)")
          }
          count += got
        }
      }
    }
  }
}
