/// The memory that encoding uses again and again; one a thread at a time.
struct EncoderState: ~Copyable {
  var normalizer = NormalizerScratch()
  private var cache = WordCache()
  private var merger: BytePairMerger
  private let model: BytePairModel
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int

  /// So many bytes after a word can be read without leaving the buffer.
  private static let slack = 16
  /// A larger buffer is given back after use.
  private static let keptCapacity = 1 << 20

  init(_ model: BytePairModel) {
    self.model = model
    merger = BytePairMerger(model)
    capacity = 1 << 12
    buffer = .allocate(capacity: capacity + Self.slack)
    buffer.initialize(repeating: 0, count: capacity + Self.slack)
  }

  deinit { buffer.deallocate() }

  /// Appends the tokens of a piece of normalized text.
  mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, afterSpace: Bool, splitsWords: Bool,
    to ids: inout [Int32]
  ) {
    let count = text.count + (afterSpace ? 1 : 0)
    reserve(count)
    if afterSpace { buffer[0] = UInt8(ascii: " ") }
    if let base = text.baseAddress {
      (buffer + (afterSpace ? 1 : 0)).update(from: base, count: text.count)
    }
    let base = UnsafePointer(buffer)
    guard splitsWords else {
      appendWord(base, count, to: &ids)
      return
    }
    let scanner = WordScanner(base, count: count)
    var start = 0
    while start < count {
      let end = scanner.end(ofWordAt: start)
      appendWord(base + start, end - start, to: &ids)
      start = end
    }
  }

  @inline(__always)
  private mutating func appendWord(
    _ word: UnsafePointer<UInt8>, _ length: Int, to ids: inout [Int32]
  ) {
    guard length <= WordCache.longestWord else {
      merger.append(UnsafeBufferPointer(start: word, count: length), to: &ids)
      return
    }
    let key = WordKey(word, length: length)
    let hash = key.hash
    if cache.append(key, hash: hash, word, to: &ids) { return }
    let first = ids.count
    merger.append(UnsafeBufferPointer(start: word, count: length), to: &ids)
    cache.insert(key, hash: hash, word, ids[first...])
  }

  private mutating func reserve(_ count: Int) {
    guard count > capacity else { return }
    buffer.deallocate()
    capacity = max(count, 2 * capacity)
    buffer = .allocate(capacity: capacity + Self.slack)
    buffer.initialize(repeating: 0, count: capacity + Self.slack)
  }

  /// Gives back what a very long text needed.
  mutating func finish() {
    guard capacity > Self.keptCapacity else { return }
    buffer.deallocate()
    capacity = 1 << 12
    buffer = .allocate(capacity: capacity + Self.slack)
    buffer.initialize(repeating: 0, count: capacity + Self.slack)
    normalizer = NormalizerScratch()
  }
}
