/// The memory that encoding uses again and again; one a thread at a time.
package struct EncoderState: ~Copyable {
  var normalizer = NormalizerScratch()
  var pieces = PieceText()
  /// The identifiers of the text that is being encoded.
  var output = IDBuffer()
  /// Stretches of text as they stand before normalization, for `WordwisePath`.
  var stretches = WordCache()
  /// What is known of the characters of such stretches.
  var plain = PlainCharacters()
  /// The tokens of a space that nothing follows, once they are known.
  var lonelySpace: [Int32]?
  private var cache = WordCache()
  /// Words with three numbers a token: the identifier and the token's range.
  private var rangeCache = WordCache()
  private var merger: BytePairMerger?
  private var tokenizer: any WordTokenizer
  private let isRepeatable: Bool
  /// Whether words are cut into parts whose tokens do not depend on each other.
  package let cutsWords: Bool
  private var tokens: [ModelToken] = []
  private var numbers = IDBuffer()
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Words that were found and are not yet encoded.
  private let pending: UnsafeMutablePointer<PendingWord>

  private struct PendingWord {
    var start: Int
    var key: WordKey
    var hash: UInt64
    /// A word of the memory where the tokens would be remembered.
    var touched: UInt64
  }

  private static let pendingCapacity = 16

  /// A larger buffer is given back after use.
  private static let keptCapacity = 1 << 20

  init(_ model: TokenModel) {
    merger = model.bytePairs.map { BytePairMerger($0) }
    tokenizer = model.makeTokenizer()
    isRepeatable = tokenizer.isRepeatable
    cutsWords = tokenizer.cutsWords
    capacity = 1 << 12
    buffer = .allocate(capacity: capacity)
    pending = .allocate(capacity: Self.pendingCapacity)
  }

  deinit {
    buffer.deallocate()
    pending.deallocate()
  }

  /// Appends the tokens of a piece of normalized text to `output`, for byte pairs.
  mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, afterSpace: Bool, pattern: KnownPattern?
  ) {
    let text = afterSpace ? fill(text) : text
    guard let base = text.baseAddress else { return }
    let count = text.count
    guard let pattern else {
      appendWord(base, count, readable: count)
      return
    }
    var start = 0
    if pattern.family == .gpt2 {
      let scanner = WordScanner(base, count: count)
      while start < count {
        start = appendWords(base, count, from: start) { scanner.end(ofWordAt: $0) }
      }
      return
    }
    let scanner = PatternScanner(base, count: count, pattern: pattern)
    while start < count {
      start = appendWords(base, count, from: start) { scanner.end(ofPieceAt: $0) }
    }
  }

  /// Appends the tokens of a few words from `start` on, and returns where the next begins.
  ///
  /// The memory where words are remembered is larger than the caches: it is asked for for all of them
  /// before any is waited for.
  @inline(__always)
  private mutating func appendWords(
    _ base: UnsafePointer<UInt8>, _ count: Int, from start: Int, _ end: (Int) -> Int
  ) -> Int {
    var place = start
    var found = 0
    while place < count, found < Self.pendingCapacity {
      let next = end(place)
      let length = next - place
      let key =
        length <= WordCache.longestWord
        ? WordKey(base + place, length: length, readable: count - place)
        : WordKey(low: 0, high: 0, length: length)
      pending[found] = PendingWord(start: place, key: key, hash: key.hash, touched: 0)
      found += 1
      place = next
    }
    for i in 0..<found { pending[i].touched = cache.touch(hash: pending[i].hash) }
    for i in 0..<found {
      let word = pending[i]
      let start = base + word.start
      if word.key.length > WordCache.longestWord {
        appendUncached(start, word.key.length)
      } else if !cache.append(word.key, hash: word.hash, start, to: &output) {
        let first = output.count
        appendUncached(start, word.key.length)
        cache.insert(
          word.key, hash: word.hash, start,
          UnsafeBufferPointer(rebasing: output.elements[first...]))
      }
    }
    return place
  }

  /// Appends the tokens of a word that has `prefix` before it, without remembering them.
  mutating func append(_ prefix: [UInt8], _ word: UnsafeBufferPointer<UInt8>) {
    guard let base = word.baseAddress else { return }
    reserve(prefix.count + word.count)
    for i in prefix.indices { buffer[i] = prefix[i] }
    (buffer + prefix.count).update(from: base, count: word.count)
    appendUncached(buffer, prefix.count + word.count)
  }

  /// Appends the tokens of the pieces of `pieces` to `output`; where whole stretches are remembered,
  /// their pieces need not be, too.
  mutating func appendPieces(remembering: Bool) {
    let (bytes, list) = (pieces.bytes, pieces.pieces)
    bytes.withUnsafeBufferPointer { text in
      for piece in list {
        if piece.added >= 0 {
          output.append(piece.added)
        } else if let base = text.baseAddress {
          let (word, length) = (base + piece.start, piece.end - piece.start)
          if remembering {
            appendWord(word, length, readable: text.count - piece.start)
          } else {
            appendUncached(word, length)
          }
        }
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
    let (bytes, list) = (pieces.bytes, pieces.pieces)
    bytes.withUnsafeBufferPointer { text in
      for piece in list {
        guard piece.added < 0, let base = text.baseAddress else {
          body(piece.added, piece.start..<piece.end, true, piece)
          continue
        }
        let length = piece.end - piece.start
        numbers.shorten(to: 0)
        appendRanges(base + piece.start, length, readable: text.count - piece.start)
        let numbers = numbers.elements
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
  }

  private mutating func appendRanges(
    _ word: UnsafePointer<UInt8>, _ length: Int, readable: Int
  ) {
    guard cutsWords else {
      appendRangesOfPart(word, length, readable: readable)
      return
    }
    let whole = UnsafeBufferPointer(start: word, count: length)
    var start = 0
    while start < length {
      let end = tokenizer.endOfPart(of: whole, from: start)
      let first = numbers.count
      appendRangesOfPart(word + start, end - start, readable: readable - start)
      numbers.moveRanges(from: first, by: Int32(truncatingIfNeeded: start))
      start = end
    }
  }

  private mutating func appendRangesOfPart(
    _ word: UnsafePointer<UInt8>, _ length: Int, readable: Int
  ) {
    var key: WordKey?
    if isRepeatable, length <= WordCache.longestWord {
      let wordKey = WordKey(word, length: length, readable: readable)
      if rangeCache.append(wordKey, hash: wordKey.hash, word, to: &numbers) { return }
      key = wordKey
    }
    let first = numbers.count
    tokens.removeAll(keepingCapacity: true)
    tokenizer.append(UnsafeBufferPointer(start: word, count: length), to: &tokens)
    for token in tokens { numbers.append(token.id, token.start, token.end, used: 3) }
    if let key {
      let ranges = UnsafeBufferPointer(rebasing: numbers.elements[first...])
      rangeCache.insert(key, hash: key.hash, word, ranges)
    }
  }

  @inline(__always)
  private mutating func appendWord(
    _ word: UnsafePointer<UInt8>, _ length: Int, readable: Int
  ) {
    guard cutsWords else {
      appendPart(word, length, readable: readable)
      return
    }
    let whole = UnsafeBufferPointer(start: word, count: length)
    var start = 0
    while start < length {
      let end = tokenizer.endOfPart(of: whole, from: start)
      appendPart(word + start, end - start, readable: readable - start)
      start = end
    }
  }

  @inline(__always)
  private mutating func appendPart(
    _ word: UnsafePointer<UInt8>, _ length: Int, readable: Int
  ) {
    guard length <= WordCache.longestWord, isRepeatable else {
      appendUncached(word, length)
      return
    }
    let key = WordKey(word, length: length, readable: readable)
    let hash = key.hash
    if cache.append(key, hash: hash, word, to: &output) { return }
    let first = output.count
    appendUncached(word, length)
    cache.insert(
      key, hash: hash, word, UnsafeBufferPointer(rebasing: output.elements[first...]))
  }

  private mutating func appendUncached(_ word: UnsafePointer<UInt8>, _ length: Int) {
    let word = UnsafeBufferPointer(start: word, count: length)
    if merger != nil {
      merger?.append(word, to: &output)
      return
    }
    tokens.removeAll(keepingCapacity: true)
    tokenizer.append(word, to: &tokens)
    for token in tokens { output.append(token.id) }
  }

  /// Copies a text to where a space is before it.
  private mutating func fill(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    reserve(text.count + 1)
    buffer[0] = UInt8(ascii: " ")
    if let base = text.baseAddress { (buffer + 1).update(from: base, count: text.count) }
    return UnsafeBufferPointer(start: buffer, count: text.count + 1)
  }

  private mutating func reserve(_ count: Int) {
    guard count > capacity else { return }
    buffer.deallocate()
    capacity = max(count, 2 * capacity)
    buffer = .allocate(capacity: capacity)
  }

  /// Gives back what a very long text needed.
  mutating func finish() {
    output.release()
    numbers.release()
    if capacity > Self.keptCapacity {
      buffer.deallocate()
      capacity = 1 << 12
      buffer = .allocate(capacity: capacity)
    }
    guard max(pieces.bytes.count, normalizer.bytes.count) > Self.keptCapacity else { return }
    normalizer = NormalizerScratch()
    pieces = PieceText()
    tokens = []
  }
}
