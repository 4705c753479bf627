/// The memory that encoding uses again and again; one a thread at a time.
struct EncoderState: ~Copyable {
  var normalizer = NormalizerScratch()
  var pieces = PieceText()
  private var cache = WordCache()
  /// Words with three numbers a token: the identifier and the token's range.
  private var rangeCache = WordCache()
  private var merger: BytePairMerger?
  private var tokenizer: any WordTokenizer
  private let isRepeatable: Bool
  private var tokens: [ModelToken] = []
  private var numbers: [Int32] = []
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int

  /// So many bytes after a word can be read without leaving the buffer.
  private static let slack = 16
  /// A larger buffer is given back after use.
  private static let keptCapacity = 1 << 20

  init(_ model: TokenModel) {
    merger = model.bytePairs.map { BytePairMerger($0) }
    tokenizer = model.makeTokenizer()
    isRepeatable = tokenizer.isRepeatable
    capacity = 1 << 12
    buffer = .allocate(capacity: capacity + Self.slack)
    buffer.initialize(repeating: 0, count: capacity + Self.slack)
  }

  deinit { buffer.deallocate() }

  /// Appends the tokens of a piece of normalized text, for byte pairs.
  mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, afterSpace: Bool, pattern: KnownPattern?,
    to ids: inout [Int32]
  ) {
    let base = fill(text, afterSpace: afterSpace)
    let count = text.count + (afterSpace ? 1 : 0)
    guard let pattern else {
      appendWord(base, count, to: &ids)
      return
    }
    var start = 0
    if pattern.family == .gpt2 {
      let scanner = WordScanner(base, count: count)
      while start < count {
        let end = scanner.end(ofWordAt: start)
        appendWord(base + start, end - start, to: &ids)
        start = end
      }
      return
    }
    let scanner = PatternScanner(base, count: count, pattern: pattern)
    while start < count {
      let end = scanner.end(ofPieceAt: start)
      appendWord(base + start, end - start, to: &ids)
      start = end
    }
  }

  /// Appends the tokens of the pieces of `pieces`.
  mutating func appendPieces(to ids: inout [Int32]) {
    let base = pieces.bytes.withUnsafeBufferPointer { fill($0, afterSpace: false) }
    for piece in pieces.pieces {
      if piece.added >= 0 {
        ids.append(piece.added)
      } else {
        appendWord(base + piece.start, piece.end - piece.start, to: &ids)
      }
    }
  }

  /// Calls `body` with each token of the pieces and its range in the rewritten text.
  ///
  /// A range may reach past the piece where a model counts differently; then it is relative to the
  /// original text as it stands, and `isExact` is false.
  mutating func forEachToken(
    _ body: (_ id: Int32, _ range: Range<Int>, _ isExact: Bool, _ piece: Piece) -> Void
  ) {
    let base = pieces.bytes.withUnsafeBufferPointer { fill($0, afterSpace: false) }
    for piece in pieces.pieces {
      if piece.added >= 0 {
        body(piece.added, piece.start..<piece.end, true, piece)
        continue
      }
      let length = piece.end - piece.start
      numbers.removeAll(keepingCapacity: true)
      appendRanges(base + piece.start, length)
      var i = 0
      while i < numbers.count {
        let start = Int(numbers[i + 1])
        let end = Int(numbers[i + 2])
        let isExact = start < end && end <= length
        body(
          numbers[i],
          isExact ? piece.start + start..<piece.start + end : start..<max(start, end), isExact,
          piece)
        i += 3
      }
    }
  }

  private mutating func appendRanges(_ word: UnsafePointer<UInt8>, _ length: Int) {
    var key: WordKey?
    if isRepeatable, length <= WordCache.longestWord {
      let wordKey = WordKey(word, length: length)
      if rangeCache.append(wordKey, hash: wordKey.hash, word, to: &numbers) { return }
      key = wordKey
    }
    tokens.removeAll(keepingCapacity: true)
    tokenizer.append(UnsafeBufferPointer(start: word, count: length), to: &tokens)
    for token in tokens { numbers += [token.id, token.start, token.end] }
    if let key { rangeCache.insert(key, hash: key.hash, word, numbers[0...]) }
  }

  @inline(__always)
  private mutating func appendWord(
    _ word: UnsafePointer<UInt8>, _ length: Int, to ids: inout [Int32]
  ) {
    guard length <= WordCache.longestWord, isRepeatable else {
      appendUncached(word, length, to: &ids)
      return
    }
    let key = WordKey(word, length: length)
    let hash = key.hash
    if cache.append(key, hash: hash, word, to: &ids) { return }
    let first = ids.count
    appendUncached(word, length, to: &ids)
    cache.insert(key, hash: hash, word, ids[first...])
  }

  private mutating func appendUncached(
    _ word: UnsafePointer<UInt8>, _ length: Int, to ids: inout [Int32]
  ) {
    let word = UnsafeBufferPointer(start: word, count: length)
    if merger != nil {
      merger?.append(word, to: &ids)
      return
    }
    tokens.removeAll(keepingCapacity: true)
    tokenizer.append(word, to: &tokens)
    for token in tokens { ids.append(token.id) }
  }

  /// Copies a text to where words can be read with what follows them.
  private mutating func fill(
    _ text: UnsafeBufferPointer<UInt8>, afterSpace: Bool
  ) -> UnsafePointer<UInt8> {
    reserve(text.count + (afterSpace ? 1 : 0))
    if afterSpace { buffer[0] = UInt8(ascii: " ") }
    if let base = text.baseAddress {
      (buffer + (afterSpace ? 1 : 0)).update(from: base, count: text.count)
    }
    return UnsafePointer(buffer)
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
    pieces = PieceText()
    tokens = []
    numbers = []
  }
}
