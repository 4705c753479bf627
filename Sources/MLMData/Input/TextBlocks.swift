import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads a file, or standard input, in large blocks of whole lines; gzip and zstd are unpacked.
///
/// Bytes are handed on as they are, a byte order mark included. Memory is two blocks, or the longest
/// line where that is more.
public final class TextBlocks {
  /// The path, or "standard input".
  public let name: String
  /// The bytes of the blocks returned so far.
  public private(set) var byteCount = 0
  /// The bytes read from the file so far, packed ones where it is packed.
  public var readCount: Int { stream.readCount }

  private let stream: ByteStream
  private let strict: Bool
  private let size: Int
  private var buffer: UnsafeMutableRawBufferPointer
  private var filled = 0
  /// The end of the block returned last.
  private var returned = 0
  private var lineCount = 0
  private var probe = BinaryProbe()
  private var isAtEnd = false

  /// Opens `path`, where "-" is standard input.
  ///
  /// - Parameters:
  ///   - size: about how many bytes a block has.
  ///   - strict: whether malformed UTF-8 is an error.
  /// - Throws: `FileError` if the file is missing, a directory or unreadable.
  public init(path: String, size: Int = 8 << 20, strict: Bool = false) throws(FileError) {
    stream = try ByteStream(path: path)
    name = stream.name
    self.size = size
    self.strict = strict
    buffer = .allocate(byteCount: size + ByteStream.blockSize, alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// The next block, which ends with U+000A or with the file; nil at the end.
  ///
  /// It is valid until the next call.
  /// - Throws: `FileError` if reading fails; `DataError` for a binary file, for damaged packed bytes
  ///   and, if strict, for malformed UTF-8.
  public func next() throws -> UnsafeBufferPointer<UInt8>? {
    buffer.baseAddress?.copyMemory(
      from: buffer.baseAddress! + returned, byteCount: filled - returned)
    filled -= returned
    returned = 0
    var end: Int?
    while end == nil {
      while filled < size, !isAtEnd { try fill() }
      end = isAtEnd ? filled : lastLineEnd()
      // A line longer than a block.
      if end == nil { try fill() }
    }
    guard let end, end > 0 else { return nil }
    returned = end
    let block = UnsafeRawBufferPointer(rebasing: buffer[..<end]).bindMemory(to: UInt8.self)
    if strict { try requireUTF8(block) }
    byteCount += end
    return block
  }

  private func fill() throws {
    if buffer.count - filled < ByteStream.blockSize {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 2 * buffer.count, alignment: 64)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
      buffer.deallocate()
      buffer = larger
    }
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[filled..<filled + ByteStream.blockSize])
    let count = try stream.read(into: room)
    try probe.check(UnsafeRawBufferPointer(rebasing: room[..<count]), of: name)
    filled += count
    isAtEnd = count == 0
  }

  private func lastLineEnd() -> Int? {
    var end = filled
    while end > 0, buffer[end - 1] != 0x0A { end -= 1 }
    return end > 0 ? end : nil
  }

  private func requireUTF8(_ block: UnsafeBufferPointer<UInt8>) throws(DataError) {
    guard !UTF8Repair.isValid(block) else {
      lineCount += block.count { $0 == 0x0A }
      return
    }
    for line in block.split(separator: 0x0A, omittingEmptySubsequences: false) {
      lineCount += 1
      let bytes = Array(line)
      let repaired = UTF8Repair.repaired(bytes)
      guard repaired.replacements == 0 else {
        throw DataError(
          .malformedUTF8, file: name, line: lineCount, expected: "UTF-8",
          found: LineReader.firstDifference(bytes, repaired.bytes))
      }
    }
  }
}
