/// A step that turns vocabulary strings into text, as a tokenizer.json has it.
enum Decoder: Hashable, Sendable {
  case byteLevel(ByteLevelSettings)
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  case metaspace(Metaspace)
  case bytePairs(suffix: [UInt8])
  case byteFallback
  case fuse
  case replace(TextPattern, by: [UInt8])
  case strip(character: [UInt8], start: Int, end: Int)
  case ctc(padding: [UInt8], delimiter: [UInt8], cleansUp: Bool)
  case sequence([Decoder])

  /// Returns what the step makes of `tokens`.
  func decoded(_ tokens: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .sequence(let steps): return steps.reduce(tokens) { $1.decoded($0) }
    case .fuse: return [Array(tokens.joined())]
    case .byteLevel: return [UTF8Repair.repaired(Self.bytes(of: tokens)).bytes]
    case .wordPiece(let prefix, let cleansUp):
      return tokens.enumerated().map { index, token in
        var text = token
        if index > 0 {
          if token.starts(with: prefix) {
            text.removeFirst(prefix.count)
          } else {
            text.insert(UInt8(ascii: " "), at: 0)
          }
        }
        return cleansUp ? ByteReplacement.cleanedUp(text) : text
      }
    case .metaspace(let metaspace):
      return tokens.enumerated().map { index, token in
        let drops = index == 0 && metaspace.prepending != .never
        return ByteReplacement.replacing(
          metaspace.replacement, in: token, by: drops ? [] : [UInt8(ascii: " ")])
      }
    case .bytePairs(let suffix):
      return tokens.enumerated().map { index, token in
        ByteReplacement.replacing(
          suffix, in: token, by: index == tokens.count - 1 ? [] : [UInt8(ascii: " ")])
      }
    case .byteFallback: return Self.fallback(tokens)
    case .replace(let pattern, let content):
      return tokens.map { token in
        var result: [UInt8] = []
        var copied = 0
        token.withUnsafeBufferPointer { token in
          pattern.forEachMatch(in: token) { match in
            result += token[copied..<match.lowerBound]
            result += content
            copied = match.upperBound
          }
        }
        return result + token[copied...]
      }
    case .strip(let character, let start, let end):
      return tokens.map { Self.strip($0, character, start, end) }
    case .ctc(let padding, let delimiter, let cleansUp):
      return Self.ctc(tokens, padding, delimiter, cleansUp)
    }
  }

  /// The bytes that byte-level tokens stand for; a token with another character stands for itself.
  static func bytes(of tokens: some Sequence<[UInt8]>) -> [UInt8] {
    var result: [UInt8] = []
    for token in tokens {
      if let bytes = token.withUnsafeBufferPointer({ ByteLevelAlphabet.bytes(of: $0) }) {
        result += bytes
      } else {
        result += token
      }
    }
    return result
  }

  /// Runs of tokens like `<0x0A>` become the text that their bytes are, or U+FFFD for each.
  private static func fallback(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var bytes: [UInt8] = []
    func flush() {
      guard !bytes.isEmpty else { return }
      if bytes.withUnsafeBufferPointer(UTF8Repair.isValid) {
        result.append(bytes)
      } else {
        result += bytes.map { _ in [0xEF, 0xBF, 0xBD] }
      }
      bytes.removeAll()
    }
    for token in tokens {
      if token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">"),
        let byte = UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }

  private static func strip(
    _ token: [UInt8], _ character: [UInt8], _ start: Int, _ end: Int
  ) -> [UInt8] {
    var rest = token[...]
    guard !character.isEmpty else { return token }
    var (leading, trailing) = (start, end)
    while leading > 0, rest.starts(with: character) {
      rest.removeFirst(character.count)
      leading -= 1
    }
    while trailing > 0, rest.suffix(character.count).elementsEqual(character) {
      rest.removeLast(character.count)
      trailing -= 1
    }
    return Array(rest)
  }

  private static func ctc(
    _ tokens: [[UInt8]], _ padding: [UInt8], _ delimiter: [UInt8], _ cleansUp: Bool
  ) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for (index, token) in tokens.enumerated() where index == 0 || tokens[index - 1] != token {
      var text = ByteReplacement.replacing(padding, in: token, by: [])
      if cleansUp {
        text = ByteReplacement.replacing(
          delimiter, in: ByteReplacement.cleanedUp(text), by: [UInt8(ascii: " ")])
      }
      if !text.isEmpty { result.append(text) }
    }
    return result
  }
}
