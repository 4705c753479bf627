/// Counted words as sequences of symbols, and the tokens that the symbols are.
///
/// Byte-level words have a symbol for each byte. Others have one for each character of the alphabet;
/// characters outside it are left out, as Hugging Face's trainers do.
struct SpelledWords: ~Copyable {
  /// A word: where its symbols are, and how often it occurs.
  struct Word {
    var start: Int
    var length: Int32
    var count: Int
  }

  /// What a word's first and last characters, and those between, are spelled with.
  struct Affixes {
    /// What stands before every character of a word but the first.
    var prefix: [UInt8]?
    /// What stands after the last character of a word.
    var suffix: [UInt8]?
  }

  /// The vocabulary so far: special tokens, then the alphabet, then spellings with affixes.
  private(set) var tokens: [[UInt8]]
  private(set) var words: UnsafeMutableBufferPointer<Word>
  private(set) var symbols: UnsafeMutableBufferPointer<UInt32>
  private var symbolCount = 0
  private var wordCount = 0

  deinit {
    words.deallocate()
    symbols.deallocate()
  }

  private init(tokens: [[UInt8]]) {
    self.tokens = tokens
    words = .allocate(capacity: 1 << 12)
    symbols = .allocate(capacity: 1 << 15)
  }

  /// How many words there are.
  var count: Int { wordCount }

  /// Spells words byte by byte; `special` are the tokens before the 256 bytes.
  static func bytes(of source: some CountedWords, special: [[UInt8]]) throws -> SpelledWords {
    let alphabet = ByteLevelAlphabet.bytesInOrder.map { ByteLevelAlphabet.string(of: [$0]) }
    var spelled = SpelledWords(tokens: special + alphabet)
    var ids = [UInt32](repeating: 0, count: 256)
    for (place, byte) in ByteLevelAlphabet.bytesInOrder.enumerated() {
      ids[Int(byte)] = UInt32(special.count + place)
    }
    try ids.withUnsafeBufferPointer { ids in
      try source.forEach { word, count in
        // A word of one symbol has no pair.
        guard word.count > 1 else { return }
        try spelled.begin(count: count, atMost: word.count)
        for byte in word { spelled.append(ids[Int(byte)]) }
        spelled.end()
      }
    }
    return spelled
  }

  /// Spells words character by character.
  ///
  /// The alphabet is in the order of code points. After it come the spellings with affixes that
  /// occur, in the order of their bytes.
  static func characters(
    of source: some CountedWords, special: [[UInt8]], alphabet: Alphabet, affixes: Affixes
  ) throws -> SpelledWords {
    var tokens = special
    var ids: [[UInt8]: UInt32] = [:]
    for (id, token) in special.enumerated() { ids[token] = UInt32(id) }
    func add(_ token: [UInt8]) {
      guard ids[token] == nil else { return }
      ids[token] = UInt32(tokens.count)
      tokens.append(token)
    }
    for scalar in alphabet.scalars { add(Characters.bytes(scalar)) }
    let single = ids.compactMap { token, id in Characters.onlyScalar(of: token).map { ($0, id) } }
    // The identifier of each character that has one.
    var plain = [UInt32](repeating: .max, count: Int(single.lazy.map(\.0).max() ?? 0) + 1)
    for (scalar, id) in single { plain[Int(scalar)] = id }
    func id(of scalar: UInt32) -> UInt32 { scalar < plain.count ? plain[Int(scalar)] : .max }
    var variants: [UInt32: UInt32] = [:]
    if affixes.prefix != nil || affixes.suffix != nil {
      var seen: Set<UInt32> = []
      try source.forEach { word, _ in
        Characters.forEachScalar(of: word) { scalar, isFirst, isLast in
          let form = affixes.form(isFirst: isFirst, isLast: isLast)
          if form != 0, id(of: scalar) != .max { seen.insert(scalar << 2 | form) }
        }
      }
      let spellings = seen.map { (key: $0, bytes: affixes.spelling(of: $0)) }
        .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
      for (key, bytes) in spellings {
        add(bytes)
        variants[key] = ids[bytes]
      }
    }
    var spelled = SpelledWords(tokens: tokens)
    try plain.withUnsafeBufferPointer { plain in
      try source.forEach { word, count in
        try spelled.begin(count: count, atMost: word.count)
        Characters.forEachScalar(of: word) { scalar, isFirst, isLast in
          guard scalar < plain.count else { return }
          let id = plain[Int(scalar)]
          guard id != .max else { return }
          let form = affixes.form(isFirst: isFirst, isLast: isLast)
          spelled.append(form == 0 ? id : variants[scalar << 2 | form] ?? id)
        }
        spelled.end()
      }
    }
    return spelled
  }

  private mutating func begin(count: Int, atMost length: Int) throws {
    guard length <= Int(Int32.max) else {
      throw TokenizerError(
        code: .malformed, reason: "expected words below 2^31 bytes, found one of \(length)")
    }
    if wordCount == words.count { words = Self.grown(words, used: wordCount, adding: 1) }
    if symbolCount + length > symbols.count {
      symbols = Self.grown(symbols, used: symbolCount, adding: length)
    }
    (words.baseAddress! + wordCount).initialize(
      to: Word(start: symbolCount, length: 0, count: count))
  }

  @inline(__always)
  private mutating func append(_ symbol: UInt32) {
    (symbols.baseAddress! + symbolCount).initialize(to: symbol)
    symbolCount += 1
  }

  /// Keeps the word that was begun, if it has a pair.
  private mutating func end() {
    let word = words.baseAddress! + wordCount
    let length = symbolCount - word.pointee.start
    word.pointee.length = Int32(length)
    if length > 1 { wordCount += 1 } else { symbolCount = word.pointee.start }
  }

  private static func grown<Value>(
    _ old: UnsafeMutableBufferPointer<Value>, used: Int, adding: Int
  ) -> UnsafeMutableBufferPointer<Value> {
    let new = UnsafeMutableBufferPointer<Value>.allocate(
      capacity: max(old.count + old.count / 2, used + adding))
    _ = new.moveInitialize(fromContentsOf: UnsafeMutableBufferPointer(rebasing: old[..<used]))
    old.deallocate()
    return new
  }
}

extension SpelledWords.Affixes {
  /// Which affixes a character gets: 1 the prefix, 2 the suffix, 3 both.
  @inline(__always)
  fileprivate func form(isFirst: Bool, isLast: Bool) -> UInt32 {
    (prefix != nil && !isFirst ? 1 : 0) | (suffix != nil && isLast ? 2 : 0)
  }

  fileprivate func spelling(of key: UInt32) -> [UInt8] {
    (key & 1 == 1 ? prefix ?? [] : []) + Characters.bytes(key >> 2)
      + (key & 2 == 2 ? suffix ?? [] : [])
  }
}
