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

  /// Appends identifiers.
  package static func append(
    _ ids: [Int32], separator: Unicode.Scalar, to bytes: inout [UInt8]
  ) {
    let separator = UInt8(ascii: separator)
    bytes.append(atMost: ids.count * (NumberWriter.longest + 1)) { writer in
      ids.withUnsafeBufferPointer { ids in
        for index in 0..<ids.count {
          if index > 0 { writer.append(separator) }
          writer.append(Int(ids[index]))
        }
      }
    }
  }

  /// Appends `{"ids":[…],"tokens":[…],"offsets":[[start,end],…]}`.
  package func append(_ encoding: Encoding, to bytes: inout [UInt8]) {
    bytes += "{".utf8
    appendMembers(encoding.ids, encoding.offsets, to: &bytes)
    bytes += "}".utf8
  }

  /// Appends the same members, `type_ids`, `special_tokens_mask`, `attention_mask`, and `overflowing`
  /// where something was cut off.
  package func append(_ input: ModelInput, to bytes: inout [UInt8]) {
    bytes += "{".utf8
    appendMembers(input.ids, input.offsets, to: &bytes)
    bytes += ",\"type_ids\":[".utf8
    Self.append(input.typeIDs, separator: ",", to: &bytes)
    bytes += "],\"special_tokens_mask\":[".utf8
    Self.append(input.isSpecial.map { $0 ? 1 : 0 }, separator: ",", to: &bytes)
    bytes += "],\"attention_mask\":[".utf8
    Self.append(input.isAttended.map { $0 ? 1 : 0 }, separator: ",", to: &bytes)
    bytes += "]".utf8
    if !input.overflowing.isEmpty {
      bytes += ",\"overflowing\":[".utf8
      for (index, part) in input.overflowing.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(part, to: &bytes)
      }
      bytes += "]".utf8
    }
    bytes += "}".utf8
  }

  /// Appends the three members without braces.
  package func appendMembers(
    _ ids: [Int32], _ offsets: [Range<Int>], to bytes: inout [UInt8]
  ) {
    bytes += "\"ids\":[".utf8
    Self.append(ids, separator: ",", to: &bytes)
    bytes += "],\"tokens\":[".utf8
    appendTokens(ids, to: &bytes)
    bytes += "],\"offsets\":[".utf8
    bytes.append(atMost: offsets.count * (2 * NumberWriter.longest + 4)) { writer in
      offsets.withUnsafeBufferPointer { offsets in
        for index in 0..<offsets.count {
          if index > 0 { writer.append(UInt8(ascii: ",")) }
          writer.append(UInt8(ascii: "["))
          writer.append(offsets[index].lowerBound)
          writer.append(UInt8(ascii: ","))
          writer.append(offsets[index].upperBound)
          writer.append(UInt8(ascii: "]"))
        }
      }
    }
    bytes += "]".utf8
  }

  private func appendTokens(_ ids: [Int32], to bytes: inout [UInt8]) {
    spellings.withUnsafeBufferPointer { spellings in
      for (index, id) in ids.enumerated() {
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
