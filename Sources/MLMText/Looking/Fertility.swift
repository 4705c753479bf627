/// How many tokens a tokenizer makes of a text, by the scripts of its words.
///
/// A word is what stands between white space; its script is that of its first character that has one.
/// A token counts with the word in which it ends. Special tokens do not count.
package struct Fertility: Sendable {
  /// Figures of one script, or of everything.
  package struct Row: Hashable, Sendable {
    /// The script's name in Unicode, for example "Latin"; "Common" for words of digits and signs.
    package var script: String
    package var words = 0
    /// Bytes of words, without the white space between them.
    package var bytes = 0
    package var tokens = 0
    /// Tokens that stand for what the vocabulary does not hold.
    package var unknownTokens = 0
    /// Tokens of single bytes for what the vocabulary does not hold.
    package var fallbackTokens = 0

    /// Tokens of a word on average.
    package var tokensPerWord: Double { words == 0 ? 0 : Double(tokens) / Double(words) }
    /// Bytes of a token on average.
    package var bytesPerToken: Double { tokens == 0 ? 0 : Double(bytes) / Double(tokens) }
    /// The share of tokens that stand for what the vocabulary does not hold.
    package var unknownShare: Double { tokens == 0 ? 0 : Double(unknownTokens) / Double(tokens) }
    /// The share of tokens that are single bytes of what the vocabulary does not hold.
    package var fallbackShare: Double { tokens == 0 ? 0 : Double(fallbackTokens) / Double(tokens) }
  }

  private let tokenizer: Tokenizer
  private let unknownID: Int32?
  private let fallbackIDs: Set<Int32>
  private var scripts = ScriptNames()
  private var rowsByScript: [String: Row] = [:]

  /// Begins with no text.
  package init(_ tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
    unknownID = tokenizer.model.unknownID
    fallbackIDs = Set(tokenizer.model.fallbackIDs.filter { $0 >= 0 })
  }

  /// The scripts, that with the most bytes first.
  package var rows: [Row] {
    rowsByScript.values.sorted { ($1.bytes, $0.script) < ($0.bytes, $1.script) }
  }

  /// All scripts together.
  package var total: Row {
    rows.reduce(into: Row(script: "all")) { total, row in
      total.words += row.words
      total.bytes += row.bytes
      total.tokens += row.tokens
      total.unknownTokens += row.unknownTokens
      total.fallbackTokens += row.fallbackTokens
    }
  }

  /// Adds a text, given as UTF-8.
  package mutating func add(_ utf8: [UInt8]) {
    let text = UTF8Repair.repaired(utf8).bytes
    let words = words(of: text)
    for word in words {
      rowsByScript[word.script, default: Row(script: word.script)].words += 1
      rowsByScript[word.script]?.bytes += word.end - word.start
    }
    let encoding = text.withUnsafeBufferPointer {
      tokenizer.encode(utf8: $0, addingSpecialTokens: false)
    }
    guard !words.isEmpty else { return }
    var index = 0
    for (id, range) in zip(encoding.ids, encoding.offsets) {
      let last = max(range.upperBound - 1, range.lowerBound)
      while index + 1 < words.count, last >= words[index].end { index += 1 }
      while index > 0, last < words[index - 1].end { index -= 1 }
      let script = words[index].script
      rowsByScript[script]?.tokens += 1
      if id == unknownID { rowsByScript[script]?.unknownTokens += 1 }
      if fallbackIDs.contains(id) { rowsByScript[script]?.fallbackTokens += 1 }
    }
  }

  private struct Word {
    var start: Int
    var end: Int
    var script: String
  }

  private mutating func words(of text: [UInt8]) -> [Word] {
    var words: [Word] = []
    text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      var start: Int?
      var script: String?
      func end(at place: Int) {
        guard let first = start else { return }
        words.append(Word(start: first, end: place, script: script ?? ScriptNames.common))
        (start, script) = (nil, nil)
      }
      var i = 0
      while i < text.count {
        let (scalar, length) = UTF8Scalar.decode(base + i)
        if text.isWhiteSpace(at: i) {
          end(at: i)
        } else {
          if start == nil { start = i }
          if script == nil { script = scripts.name(of: scalar) }
        }
        i += length
      }
      end(at: text.count)
    }
    return words
  }
}
