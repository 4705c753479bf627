import MLMText

/// What training a tokenizer came to.
struct TrainingSummary {
  /// Text and its tokens.
  struct Sample {
    /// Whether it is of the corpus, and a second vocabulary was learned without it.
    var isWithheld: Bool
    var bytes = 0
    var tokens = 0

    /// Adds the lines of a text, without special tokens.
    mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ tokenizer: Tokenizer) {
      var ids: [Int32] = []
      for line in text.split(separator: UInt8(ascii: "\n")) {
        tokenizer.encodeIDs(
          utf8: UnsafeBufferPointer(rebasing: line), addingSpecialTokens: false, into: &ids)
        bytes += line.count
      }
      tokens += ids.count
    }

    var bytesPerToken: Double { Double(bytes) / Double(max(tokens, 1)) }
  }

  var output: String
  /// Merges, or rounds of a unigram model.
  var steps: Int
  var isUnigram: Bool
  var vocabularySize: Int
  var counts: CountSummary
  /// Nil where there is no text to measure on.
  var sample: Sample?

  /// The summary for people.
  var lines: [String] {
    var lines = [
      "\(output): \(Numbers.counted(vocabularySize, "entry", "entries")) from "
        + Numbers.bytes(counts.textBytes),
      "\(Numbers.counted(counts.words, "word")), \(Numbers.grouped(counts.distinctWords)) different; "
        + (isUnigram
          ? Numbers.counted(steps, "round") : Numbers.counted(steps, "merge")),
    ]
    if let sample {
      lines.append(
        "\(Numbers.fixed(sample.bytesPerToken, 2)) bytes per token on "
          + "held-out text (\(Numbers.bytes(sample.bytes))"
          + (sample.isWithheld ? ", left out of a second training)" : ")"))
    }
    return lines
  }

  /// The summary for programs.
  var json: JSON {
    .object([
      ("output", .string(output)), ("vocabulary_size", .integer(vocabularySize)),
      (isUnigram ? "rounds" : "merges", .integer(steps)),
      ("text_bytes", .integer(counts.textBytes)), ("words", .integer(counts.words)),
      ("distinct_words", .integer(counts.distinctWords)),
      ("longest_word", .integer(counts.longestWord)),
      ("bytes_per_token", sample.map { .double($0.bytesPerToken) } ?? .null),
      ("sample", sample.map { .string($0.isWithheld ? "withheld" : "held_out") } ?? .null),
    ])
  }
}
