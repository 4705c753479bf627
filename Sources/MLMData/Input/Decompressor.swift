import CZlib
import CZstd

/// Unpacks compressed bytes as they come.
///
/// Several packed streams one after the other are one text, as `cat a.gz b.gz` gives.
protocol Decompressor: AnyObject {
  /// The name of the format in messages.
  var format: String { get }
  /// Whether the packed bytes may end here.
  var isBetweenStreams: Bool { get }
  /// Unpacks some of `input` into `output`; nil where the bytes are damaged.
  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (consumed: Int, produced: Int)?
}

/// The formats that are known by their first bytes.
enum Compression {
  /// How many bytes tell.
  static let probeLength = 4

  private static let gzip: [UInt8] = [0x1F, 0x8B, 0x08]
  private static let zstd: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  /// What unpacks bytes that begin like `start`; nil for plain bytes.
  static func decompressor(for start: UnsafeRawBufferPointer) -> (any Decompressor)? {
    if start.starts(with: gzip) { return GzipDecompressor() }
    if start.starts(with: zstd) { return ZstdDecompressor() }
    return nil
  }

  /// Whether more bytes could make `start` the beginning of a known format.
  static func isUndecided(_ start: UnsafeRawBufferPointer) -> Bool {
    [gzip, zstd].contains { start.count < $0.count && $0.starts(with: start) }
  }
}

/// Unpacks gzip (RFC 1952).
private final class GzipDecompressor: Decompressor {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let isReady: Bool
  private(set) var isBetweenStreams = true
  let format = "gzip"

  init() {
    stream.initialize(to: z_stream())
    // Fifteen bits of window; sixteen more ask for gzip and nothing else.
    isReady =
      inflateInit2_(
        stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if isReady { inflateEnd(stream) }
    stream.deallocate()
  }

  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (consumed: Int, produced: Int)? {
    guard isReady else { return nil }
    if isBetweenStreams {
      guard inflateReset(stream) == Z_OK else { return nil }
      isBetweenStreams = false
    }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let status = inflate(stream, Z_NO_FLUSH)
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
    if status == Z_STREAM_END { isBetweenStreams = true }
    return (
      input.count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out)
    )
  }
}

/// Unpacks Zstandard (RFC 8878).
private final class ZstdDecompressor: Decompressor {
  private let stream = ZSTD_createDStream()
  private(set) var isBetweenStreams = true
  let format = "zstd"

  deinit { ZSTD_freeDStream(stream) }

  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (consumed: Int, produced: Int)? {
    guard let stream else { return nil }
    var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(stream, &to, &from)
    guard ZSTD_isError(status) == 0 else { return nil }
    // Zero says that a frame is complete and all of it has been handed out.
    isBetweenStreams = status == 0
    return (from.pos, to.pos)
  }
}
