import MLMText

/// The tokens of a line as text and as JSON, without its U+000A.
///
/// Written into memory of the right size: a corpus has millions of tokens.
package struct EncodingLine: Sendable {
  /// The spellings of all tokens as JSON strings, end to end.
  private let spellings: [UInt8]
  /// Where each spelling ends.
  private let ends: [Int]

  /// Prepares to write tokens of a tokenizer as JSON.
  package init(_ tokenizer: Tokenizer) {
    var spellings: [UInt8] = []
    ends = (0..<tokenizer.vocabularySize).map { id in
      JSON.append(tokenizer.token(Int32(id)) ?? [], to: &spellings)
      return spellings.count
    }
    self.spellings = spellings
  }

  /// Tokens that are written before the bytes are offered to `drain`.
  private static let tokensAtOnce = 1 << 13

  /// Calls `body` with the indices up to `count`, some at a time, and `drain` with the bytes after each.
  private static func inParts<Failure: Error>(
    _ count: Int, to bytes: inout [UInt8],
    draining drain: (inout [UInt8]) throws(Failure) -> Void,
    _ body: (Range<Int>, inout [UInt8]) -> Void
  ) throws(Failure) {
    var start = 0
    while start < count {
      let end = min(start + tokensAtOnce, count)
      body(start..<end, &bytes)
      try drain(&bytes)
      start = end
    }
  }

  /// Appends identifiers.
  package static func append(
    _ ids: [Int32], separator: Unicode.Scalar, to bytes: inout [UInt8]
  ) {
    append(ids, separator: separator, to: &bytes) { (_: inout [UInt8]) throws(Never) in }
  }

  /// Appends identifiers, and calls `drain` from time to time, which may take the bytes so far.
  static func append<Failure: Error>(
    _ ids: [Int32], separator: Unicode.Scalar, to bytes: inout [UInt8],
    draining drain: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let separator = UInt8(ascii: separator)
    try inParts(ids.count, to: &bytes, draining: drain) { range, bytes in
      bytes.append(atMost: range.count * (NumberWriter.longest + 1)) { writer in
        ids.withUnsafeBufferPointer { ids in
          for index in range {
            if index > 0 { writer.append(separator) }
            writer.append(Int(ids[index]))
          }
        }
      }
    }
  }

  /// Appends `{"ids":[…],"tokens":[…],"offsets":[[start,end],…]}`, with offsets as `converter` gives
  /// them, and calls `drain` from time to time, which may take the bytes so far.
  func append<Failure: Error>(
    _ encoding: Encoding, _ converter: OffsetConverter?, to bytes: inout [UInt8],
    draining drain: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    bytes += "{".utf8
    try appendMembers(encoding.ids, encoding.offsets, converter, to: &bytes, draining: drain)
    bytes += "}".utf8
  }

  /// Appends the same members, `type_ids`, `special_tokens_mask`, `attention_mask`, and `overflowing`
  /// where something was cut off.
  func append<Failure: Error>(
    _ input: ModelInput, to bytes: inout [UInt8],
    draining drain: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    bytes += "{".utf8
    try appendMembers(input.ids, input.offsets, nil, to: &bytes, draining: drain)
    bytes += ",\"type_ids\":[".utf8
    try Self.append(input.typeIDs, separator: ",", to: &bytes, draining: drain)
    bytes += "],\"special_tokens_mask\":[".utf8
    try Self.append(
      input.isSpecial.map { $0 ? 1 : 0 }, separator: ",", to: &bytes, draining: drain)
    bytes += "],\"attention_mask\":[".utf8
    try Self.append(
      input.isAttended.map { $0 ? 1 : 0 }, separator: ",", to: &bytes, draining: drain)
    bytes += "]".utf8
    if !input.overflowing.isEmpty {
      bytes += ",\"overflowing\":[".utf8
      for index in input.overflowing.indices {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        try append(input.overflowing[index], to: &bytes, draining: drain)
      }
      bytes += "]".utf8
    }
    bytes += "}".utf8
  }

  /// Appends the three members without braces.
  package func appendMembers(
    _ ids: [Int32], _ offsets: [Range<Int>], to bytes: inout [UInt8]
  ) {
    appendMembers(ids, offsets, nil, to: &bytes) { (_: inout [UInt8]) throws(Never) in }
  }

  private func appendMembers<Failure: Error>(
    _ ids: [Int32], _ offsets: [Range<Int>], _ converter: OffsetConverter?,
    to bytes: inout [UInt8], draining drain: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    bytes += "\"ids\":[".utf8
    try Self.append(ids, separator: ",", to: &bytes, draining: drain)
    bytes += "],\"tokens\":[".utf8
    try Self.inParts(ids.count, to: &bytes, draining: drain) { range, bytes in
      appendTokens(ids, range, to: &bytes)
    }
    bytes += "],\"offsets\":[".utf8
    try Self.inParts(offsets.count, to: &bytes, draining: drain) { range, bytes in
      bytes.append(atMost: range.count * (2 * NumberWriter.longest + 4)) { writer in
        offsets.withUnsafeBufferPointer { offsets in
          for index in range {
            let offset = converter?.range(offsets[index]) ?? offsets[index]
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            writer.append(UInt8(ascii: "["))
            writer.append(offset.lowerBound)
            writer.append(UInt8(ascii: ","))
            writer.append(offset.upperBound)
            writer.append(UInt8(ascii: "]"))
          }
        }
      }
    }
    bytes += "]".utf8
  }

  private func appendTokens(_ ids: [Int32], _ range: Range<Int>, to bytes: inout [UInt8]) {
    spellings.withUnsafeBufferPointer { spellings in
      for index in range {
        let id = ids[index]
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        guard ends.indices.contains(Int(id)) else {
          bytes += "\"\"".utf8
          continue
        }
        let start = id == 0 ? 0 : ends[Int(id) - 1]
        bytes.append(
          contentsOf: UnsafeBufferPointer(rebasing: spellings[start..<ends[Int(id)]]))
      }
    }
  }
}
