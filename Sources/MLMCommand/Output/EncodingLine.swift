import MLMText

/// The tokens of a line as text and as JSON, without its U+000A.
///
/// Written digit by digit: a corpus has millions of tokens.
package enum EncodingLine {
  /// Appends identifiers.
  package static func append(
    _ ids: [Int32], separator: Unicode.Scalar, to bytes: inout [UInt8]
  ) {
    for (index, id) in ids.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: separator)) }
      JSON.append(Int(id), to: &bytes)
    }
  }

  /// Appends `{"ids":[…],"tokens":[…],"offsets":[[start,end],…]}`.
  package static func append(
    _ encoding: Encoding, _ tokenizer: Tokenizer, to bytes: inout [UInt8]
  ) {
    bytes += "{".utf8
    appendMembers(encoding.ids, encoding.offsets, tokenizer, to: &bytes)
    bytes += "}".utf8
  }

  /// Appends the same members, `type_ids`, `special_tokens_mask`, `attention_mask`, and `overflowing`
  /// where something was cut off.
  package static func append(
    _ input: ModelInput, _ tokenizer: Tokenizer, to bytes: inout [UInt8]
  ) {
    bytes += "{".utf8
    appendMembers(input.ids, input.offsets, tokenizer, to: &bytes)
    bytes += ",\"type_ids\":[".utf8
    append(input.typeIDs, separator: ",", to: &bytes)
    bytes += "],\"special_tokens_mask\":[".utf8
    append(input.isSpecial.map { $0 ? 1 : 0 }, separator: ",", to: &bytes)
    bytes += "],\"attention_mask\":[".utf8
    append(input.isAttended.map { $0 ? 1 : 0 }, separator: ",", to: &bytes)
    bytes += "]".utf8
    if !input.overflowing.isEmpty {
      bytes += ",\"overflowing\":[".utf8
      for (index, part) in input.overflowing.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(part, tokenizer, to: &bytes)
      }
      bytes += "]".utf8
    }
    bytes += "}".utf8
  }

  private static func appendMembers(
    _ ids: [Int32], _ offsets: [Range<Int>], _ tokenizer: Tokenizer, to bytes: inout [UInt8]
  ) {
    bytes += "\"ids\":[".utf8
    append(ids, separator: ",", to: &bytes)
    bytes += "],\"tokens\":[".utf8
    for (index, id) in ids.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      JSON.append(tokenizer.token(id) ?? [], to: &bytes)
    }
    bytes += "],\"offsets\":[".utf8
    for (index, range) in offsets.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(UInt8(ascii: "["))
      JSON.append(range.lowerBound, to: &bytes)
      bytes.append(UInt8(ascii: ","))
      JSON.append(range.upperBound, to: &bytes)
      bytes.append(UInt8(ascii: "]"))
    }
    bytes += "]".utf8
  }
}
