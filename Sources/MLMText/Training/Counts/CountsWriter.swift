/// Writes a counts file; words must come in the order of their bytes.
struct CountsWriter: ~Copyable {
  private var file: AtomicFile
  private var checksum = CountsFormat.Checksum()
  private var buffer: [UInt8] = []
  private var last: [UInt8] = []

  private static let bufferSize = 1 << 16

  /// Opens the file and writes what comes before the words.
  init(path: String, settings: [UInt8]) throws(FileError) {
    file = try AtomicFile(path: path)
    buffer += CountsFormat.magic
    CountsFormat.append(UInt64(CountsFormat.version), bytes: 4, to: &buffer)
    CountsFormat.append(UInt64(settings.count), bytes: 4, to: &buffer)
    buffer += settings
  }

  /// Appends a word.
  mutating func add(_ word: UnsafeBufferPointer<UInt8>, count: Int) throws(FileError) {
    var shared = 0
    let limit = min(word.count, last.count)
    last.withUnsafeBufferPointer { last in
      while shared < limit, last[shared] == word[shared] { shared += 1 }
    }
    append(shared)
    append(word.count - shared)
    buffer.append(contentsOf: UnsafeBufferPointer(rebasing: word[shared...]))
    append(count)
    last.removeSubrange(shared...)
    last.append(contentsOf: UnsafeBufferPointer(rebasing: word[shared...]))
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Writes what comes after the words, and gives the file its name.
  consuming func finish(_ summary: CountSummary) throws(FileError) {
    append(0)
    append(0)
    for total in [
      summary.textBytes, summary.words, summary.distinctWords, summary.implausibleWords,
      summary.longestWord,
    ] {
      CountsFormat.append(UInt64(max(total, 0)), bytes: 8, to: &buffer)
    }
    try flush()
    CountsFormat.append(checksum.value, bytes: 8, to: &buffer)
    try file.write(buffer)
    try file.commit()
  }

  @inline(__always)
  private mutating func append(_ number: Int) {
    var rest = UInt64(number)
    while rest >= 0x80 {
      buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func flush() throws(FileError) {
    buffer.withUnsafeBufferPointer { checksum.add($0) }
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
