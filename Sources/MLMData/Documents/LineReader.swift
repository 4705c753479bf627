import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads a file, or standard input, line by line in bounded memory; gzip and zstd are unpacked.
///
/// A line ends at U+000A and nowhere else: U+000D, U+0085, U+2028 and U+2029 are part of it. The
/// last line counts even without its U+000A; an empty file has no line. Memory is one block and
/// the longest line.
///
/// Bytes that are not UTF-8 become U+FFFD, as many as Unicode's "maximal subpart" practice gives,
/// and are counted; or they are refused (`Options.strict`).
public final class LineReader {
  /// What to make of bytes that are not plain UTF-8 text.
  public struct Options: Hashable, Sendable {
    /// Whether bytes that are not UTF-8 are an error; by default they are replaced and counted.
    public var strict: Bool
    /// Whether a NUL byte in the first 64 KiB is an error, since text has none; by default it is.
    public var refusesBinary: Bool
    /// Whether U+FEFF at the very beginning is dropped; by default it is.
    public var dropsByteOrderMark: Bool
    /// Whether lines are made valid UTF-8, or refused if strict; by default they are.
    public var repairs = true
    /// How many bytes a line may have, since it is held whole; 1 GiB by default.
    public var longestLine = 1 << 30

    /// Creates options; without arguments, those for text that people wrote.
    public init(strict: Bool = false, refusesBinary: Bool = true, dropsByteOrderMark: Bool = true) {
      self.strict = strict
      self.refusesBinary = refusesBinary
      self.dropsByteOrderMark = dropsByteOrderMark
    }

    /// Every line as it stands, but for bytes that are not UTF-8.
    public static let verbatim = Options(refusesBinary: false, dropsByteOrderMark: false)
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The path, or "standard input".
  public let name: String
  /// The options it was created with.
  public let options: Options
  /// The number, from 1, of the line returned last; 0 before the first.
  public private(set) var lineNumber = 0
  /// The bytes of the lines returned so far, terminators and a dropped byte order mark included.
  public private(set) var byteCount = 0
  /// The malformed sequences replaced by U+FFFD so far.
  public private(set) var replacementCount = 0
  /// Whether the line returned last ended with U+000A (only a file's last line may not).
  public private(set) var isTerminated = false

  /// The bytes read from the file so far, packed ones where it is packed.
  public var readCount: Int { stream.readCount }

  private let stream: ByteStream
  private let block = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ByteStream.blockSize, alignment: 64)
  /// The part of `block` not yet returned.
  private var rest = 0..<0
  private var probe = BinaryProbe()
  private var isAtEnd = false

  /// Opens `path`, where "-" is standard input.
  ///
  /// - Throws: `FileError` if it is missing, a directory or unreadable.
  public init(path: String, options: Options = Options()) throws(FileError) {
    stream = try ByteStream(path: path)
    name = stream.name
    self.options = options
  }

  deinit { block.deallocate() }

  /// The next line without its U+000A, as valid UTF-8 unless options say otherwise, or nil at the end.
  ///
  /// - Throws: `FileError` if reading fails; `DataError` for a binary file and, if strict, for
  ///   malformed UTF-8.
  public func next() throws -> [UInt8]? {
    guard var line = try nextRaw() else { return nil }
    if lineNumber == 1, options.dropsByteOrderMark, line.starts(with: Self.byteOrderMark) {
      line.removeFirst(Self.byteOrderMark.count)
    }
    guard options.repairs else { return line }
    let (repaired, replacements) = UTF8Repair.repaired(line)
    guard replacements > 0 else { return line }
    if options.strict {
      throw DataError(
        .malformedUTF8, file: name, line: lineNumber,
        expected: "UTF-8", found: Self.firstDifference(line, repaired))
    }
    replacementCount += replacements
    return repaired
  }

  /// The bytes up to the next U+000A.
  private func nextRaw() throws -> [UInt8]? {
    var line: [UInt8] = []
    var found = false
    while !found {
      if rest.isEmpty {
        try refill()
        if isAtEnd { break }
      }
      let bytes = UnsafeRawBufferPointer(rebasing: block[rest])
      if let end = memchr(bytes.baseAddress!, 0x0A, bytes.count) {
        let length = UnsafeRawPointer(end) - bytes.baseAddress!
        try requireRoom(for: line.count + length)
        line.append(contentsOf: bytes[..<length])
        rest = rest.lowerBound + length + 1..<rest.upperBound
        found = true
      } else {
        try requireRoom(for: line.count + bytes.count)
        line.append(contentsOf: bytes)
        rest = 0..<0
      }
    }
    guard found || !line.isEmpty else { return nil }
    lineNumber += 1
    byteCount += line.count + (found ? 1 : 0)
    isTerminated = found
    return line
  }

  private func requireRoom(for length: Int) throws(DataError) {
    guard length > options.longestLine else { return }
    throw DataError(
      .tooLong, file: name, line: lineNumber + 1,
      expected: "a line of at most \(options.longestLine) bytes", found: "a longer one")
  }

  private func refill() throws {
    guard !isAtEnd else { return }
    let count = try stream.read(into: block)
    isAtEnd = count == 0
    rest = 0..<count
    if options.refusesBinary {
      try probe.check(UnsafeRawBufferPointer(rebasing: block[..<count]), of: name)
    }
  }

  /// Names the first byte of `line` that repairing changed.
  static func firstDifference(_ line: [UInt8], _ repaired: [UInt8]) -> String {
    let position = zip(line, repaired).prefix { $0 == $1 }.count
    guard position < line.count else { return "an incomplete character at the end" }
    let digits = String(line[position], radix: 16, uppercase: true)
    return "byte 0x\(digits) at column \(position + 1)"
  }
}
