#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reads a counts file from front to end in bounded memory, and checks all of it.
final class CountsReader {
  /// The path.
  let path: String
  /// The settings that the words were counted with: JSON.
  private(set) var settings: [UInt8] = []
  /// The current word; valid after `next()` has returned true.
  private(set) var word: [UInt8] = []
  /// The count of the current word.
  private(set) var count = 0
  /// What the file says of itself; valid at the end.
  private(set) var summary = CountSummary()

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var position = 0
  /// The place in the file of `buffer`'s first byte.
  private var start = 0
  private var checksum = CountsFormat.Checksum()
  private var checked = 0
  private var isAtEnd = false
  private var words = 0
  private var distinct = 0

  private static let blockSize = 1 << 16

  /// Opens the file and reads what comes before the words.
  ///
  /// - Throws: `FileError` if it cannot be read, `TokenizerError` if it is no counts file.
  init(path: String) throws {
    self.path = path
    switch SystemCalls.open(path, O_RDONLY) {
    case .success(let opened): descriptor = opened
    case .failure(let failure):
      let isMissing = failure.number == ENOENT || failure.number == ENOTDIR
      throw FileError(
        code: isMissing ? .missing : .unreadable, path: path,
        reason: isMissing
          ? "no such file" : "cannot be read: \(SystemCalls.message(failure.number))")
    }
    guard SystemCalls.kind(of: path) != .directory else {
      throw FileError(
        code: .isDirectory, path: path, reason: "is a directory; expected a file of counts")
    }
    for expected in CountsFormat.magic {
      guard try byteIfAny() == expected else {
        throw damaged("expected a file that mlm tokenizer count wrote, found another kind")
      }
    }
    let version = try number(bytes: 4)
    guard version == UInt64(CountsFormat.version) else {
      throw damaged(
        "expected counts of version \(CountsFormat.version), found version \(version)")
    }
    let length = Int(try number(bytes: 4))
    guard length <= CountsFormat.longestSettings else {
      throw damaged("expected settings of at most 1 MiB, found \(length) bytes")
    }
    for _ in 0..<length { settings.append(try byte()) }
  }

  deinit { _ = close(descriptor) }

  /// Goes on to the next word; returns false at the end, where the file has been found whole.
  func next() throws -> Bool {
    guard !isAtEnd else { return false }
    let shared = try number()
    let rest = try number()
    if rest == 0 {
      guard shared == 0 else { throw damaged("expected a word after the one before, found none") }
      try readEnd()
      return false
    }
    guard shared <= word.count, rest <= 1 << 32 else {
      throw damaged("expected a word that begins like the one before, found a wrong length")
    }
    let old = shared < word.count ? word[shared] : nil
    word.removeSubrange(shared...)
    // What is claimed is not set aside before it is there.
    for i in 0..<rest {
      let next = try byte()
      if i == 0, let old, next <= old {
        throw damaged("expected words in the order of their bytes, found another order")
      }
      word.append(next)
    }
    count = try number()
    guard count > 0 else { throw damaged("expected a count of at least 1, found 0") }
    let (sum, overflow) = words.addingReportingOverflow(count)
    guard !overflow else { throw damaged("expected fewer than 2^63 words, found more") }
    words = sum
    distinct += 1
    return true
  }

  private func readEnd() throws {
    isAtEnd = true
    var totals: [Int] = []
    for _ in 0..<5 {
      guard let total = Int(exactly: try number(bytes: 8)) else {
        throw damaged("expected totals below 2^63, found more")
      }
      totals.append(total)
    }
    updateChecksum()
    let expected = checksum.value
    guard try number(bytes: 8) == expected else {
      throw damaged("expected bytes that fit the checksum, found others")
    }
    guard try byteIfAny() == nil else {
      throw damaged("expected the end of the file, found more")
    }
    guard totals[1] == words, totals[2] == distinct else {
      throw damaged(
        "expected \(totals[2]) different words, \(totals[1]) in all, found \(distinct) and \(words)"
      )
    }
    summary = CountSummary(
      textBytes: totals[0], words: totals[1], distinctWords: totals[2],
      implausibleWords: totals[3], longestWord: totals[4])
  }

  private func number() throws -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = UInt64(try byte())
      guard shift < 63 else { break }
      value |= (next & 0x7F) << shift
      if next & 0x80 == 0 { return Int(value) }
      shift += 7
    }
    throw damaged("expected a number below 2^63, found a larger one")
  }

  private func number(bytes: Int) throws -> UInt64 {
    var value: UInt64 = 0
    for i in 0..<bytes { value |= UInt64(try byte()) << UInt64(8 * i) }
    return value
  }

  @inline(__always)
  private func byte() throws -> UInt8 {
    if position < buffer.count {
      position += 1
      return buffer[position - 1]
    }
    guard let next = try byteIfAny() else {
      throw damaged("expected more, found the end of the file: it is incomplete")
    }
    return next
  }

  private func byteIfAny() throws -> UInt8? {
    if position == buffer.count {
      updateChecksum()
      start += buffer.count
      position = 0
      checked = 0
      var failure: Int32?
      buffer = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { block, count in
        let base = block.baseAddress
        let result = SystemCalls.retrying {
          #if canImport(Darwin)
            Darwin.read(descriptor, base, block.count)
          #elseif canImport(Musl)
            Musl.read(descriptor, base, block.count)
          #else
            Glibc.read(descriptor, base, block.count)
          #endif
        }
        switch result {
        case .success(let got): count = got
        case .failure(let error): failure = error.number
        }
      }
      if let failure {
        throw FileError(
          code: .unreadable, path: path,
          reason: "cannot be read: \(SystemCalls.message(failure))")
      }
      guard !buffer.isEmpty else { return nil }
    }
    position += 1
    return buffer[position - 1]
  }

  /// Takes the bytes read so far into the checksum.
  private func updateChecksum() {
    buffer.withUnsafeBufferPointer {
      checksum.add(UnsafeBufferPointer(rebasing: $0[checked..<position]))
    }
    checked = position
  }

  private func damaged(_ reason: String) -> TokenizerError {
    TokenizerError(
      code: .malformed, file: path, place: "byte \(start + position)", reason: reason)
  }
}
