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
    bytes += "{\"ids\":[".utf8
    append(encoding.ids, separator: ",", to: &bytes)
    bytes += "],\"tokens\":[".utf8
    for (index, id) in encoding.ids.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      JSON.append(tokenizer.token(id) ?? [], to: &bytes)
    }
    bytes += "],\"offsets\":[".utf8
    for (index, range) in encoding.offsets.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(UInt8(ascii: "["))
      JSON.append(range.lowerBound, to: &bytes)
      bytes.append(UInt8(ascii: ","))
      JSON.append(range.upperBound, to: &bytes)
      bytes.append(UInt8(ascii: "]"))
    }
    bytes += "]}".utf8
  }
}
