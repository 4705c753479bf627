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

  /// A line that is encoded and not yet written.
  enum Encoded {
    case ids([Int32])
    /// Tokens with offsets in bytes, and what turns those into the unit that was asked for.
    case encoding(Encoding, OffsetConverter?)
    case input(ModelInput)
  }

  /// Appends the line of output for a line of text.
  func append(_ line: [UInt8], to bytes: inout [UInt8]) throws(TokenizerError) {
    append(try encoded(line), to: &bytes) { (_: inout [UInt8]) throws(Never) in }
  }

  /// Encodes a line of text.
  func encoded(_ line: [UInt8]) throws(TokenizerError) -> Encoded {
    if options.keepsBytes {
      let encoding = try line.withUnsafeBufferPointer { line throws(TokenizerError) in
        try tokenizer.encode(bytes: line, addingSpecialTokens: options.addsSpecialTokens)
      }
      return json == nil ? .ids(encoding.ids) : .encoding(encoding, nil)
    }
    if options.readsPairs || tokenizer.truncation != nil || tokenizer.padding != nil {
      let input = try input(for: line)
      return json == nil ? .ids(input.ids) : .input(input)
    }
    if json != nil {
      let encoding = line.withUnsafeBufferPointer {
        tokenizer.encode(utf8: $0, addingSpecialTokens: options.addsSpecialTokens)
      }
      let isConverted = options.offsetUnit != .bytes
      return .encoding(
        encoding, isConverted ? OffsetConverter(utf8: line, to: options.offsetUnit) : nil)
    }
    var ids: [Int32] = []
    line.withUnsafeBufferPointer {
      tokenizer.encodeIDs(utf8: $0, addingSpecialTokens: options.addsSpecialTokens, into: &ids)
    }
    return .ids(ids)
  }

  /// Appends the line of output, and calls `drain` from time to time, which may take the bytes so far:
  /// the output for a long line is several times as large as the line.
  func append<Failure: Error>(
    _ encoded: Encoded, to bytes: inout [UInt8],
    draining drain: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    switch encoded {
    case .ids(let ids) where options.format == .count: JSON.append(ids.count, to: &bytes)
    case .ids(let ids):
      try EncodingLine.append(ids, separator: " ", to: &bytes, draining: drain)
    case .encoding(let encoding, let converter):
      try json?.append(encoding, converter, to: &bytes, draining: drain)
    case .input(let input): try json?.append(input, to: &bytes, draining: drain)
    }
    bytes.append(UInt8(ascii: "\n"))
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
