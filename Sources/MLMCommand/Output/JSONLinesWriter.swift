import MLM

/// An object a line: the numbers, the tokens read, and whether the text was longer.
struct JSONLinesWriter: VectorWriter {
  func bytes(of embedding: Embedding) -> [UInt8] {
    JSON.object([
      ("embedding", .array(embedding.values.map(JSON.float))),
      ("tokens", .integer(embedding.tokenCount)),
      ("truncated", .bool(embedding.isTruncated)),
    ]).bytes + [UInt8(ascii: "\n")]
  }
}
