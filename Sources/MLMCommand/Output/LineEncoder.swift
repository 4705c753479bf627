import MLMText

/// Turns lines of text into lines of tokens.
struct LineEncoder: Sendable {
  /// What is printed of a line.
  enum Format: Sendable {
    case ids, count, json
  }

  /// How texts are encoded, and what is printed of them.
  struct Options: Sendable {
    var format = Format.ids
    var addsSpecialTokens = true
    /// Whether a line holds two texts, separated by a tab.
    var readsPairs = false
    /// Whether bytes that are not UTF-8 stay as they are.
    var keepsBytes = false
    var offsetUnit = OffsetUnit.bytes
  }

  private let tokenizer: Tokenizer
  private let options: Options
  private let json: EncodingLine?

  init(_ tokenizer: Tokenizer, _ options: Options) {
    self.tokenizer = tokenizer
    self.options = options
    json = options.format == .json ? EncodingLine(tokenizer) : nil
  }

  /// Appends the line of output for a line of text.
  func append(_ line: [UInt8], to bytes: inout [UInt8]) throws(TokenizerError) {
    if options.keepsBytes {
      let encoding = try line.withUnsafeBufferPointer { line throws(TokenizerError) in
        try tokenizer.encode(bytes: line, addingSpecialTokens: options.addsSpecialTokens)
      }
      append(encoding, to: &bytes)
    } else if options.readsPairs || tokenizer.truncation != nil || tokenizer.padding != nil {
      let input = try input(for: line)
      if let json { json.append(input, to: &bytes) } else { append(input.ids, to: &bytes) }
    } else if json != nil {
      var encoding = line.withUnsafeBufferPointer {
        tokenizer.encode(utf8: $0, addingSpecialTokens: options.addsSpecialTokens)
      }
      if options.offsetUnit != .bytes {
        let converter = OffsetConverter(utf8: line, to: options.offsetUnit)
        encoding.offsets = encoding.offsets.map(converter.range)
      }
      append(encoding, to: &bytes)
    } else {
      var ids: [Int32] = []
      line.withUnsafeBufferPointer {
        tokenizer.encodeIDs(
          utf8: $0, addingSpecialTokens: options.addsSpecialTokens, into: &ids)
      }
      append(ids, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private func append(_ encoding: Encoding, to bytes: inout [UInt8]) {
    if let json { json.append(encoding, to: &bytes) } else { append(encoding.ids, to: &bytes) }
  }

  private func append(_ ids: [Int32], to bytes: inout [UInt8]) {
    if options.format == .count {
      JSON.append(ids.count, to: &bytes)
    } else {
      EncodingLine.append(ids, separator: " ", to: &bytes)
    }
  }

  private func input(for line: [UInt8]) throws(TokenizerError) -> ModelInput {
    var texts = [line]
    if options.readsPairs {
      texts = line.split(
        separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false
      ).map { Array($0) }
      guard texts.count == 2 else {
        throw TokenizerError(
          code: .invalidOptions, reason: "expected two texts separated by a tab, found one")
      }
    }
    let input = try tokenizer.input(
      utf8: texts[0], texts.count == 2 ? texts[1] : nil,
      addingSpecialTokens: options.addsSpecialTokens)
    guard json != nil, options.offsetUnit != .bytes else { return input }
    return input.convertingOffsets(
      texts.map { OffsetConverter(utf8: $0, to: options.offsetUnit) })
  }
}
