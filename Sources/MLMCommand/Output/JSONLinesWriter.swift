import MLM

/// An object a line: the numbers, the tokens read, and whether the text was longer.
struct JSONLinesWriter: VectorWriter {
  func append(_ embedding: Embedding, to bytes: inout [UInt8]) {
    bytes += "{\"embedding\":[".utf8
    for (index, value) in embedding.values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      // The shortest digits that give the same number back.
      bytes += "\(value)".utf8
    }
    bytes += "],\"tokens\":".utf8
    JSON.append(embedding.tokenCount, to: &bytes)
    bytes += ",\"truncated\":\(embedding.isTruncated),\"text_tokens\":".utf8
    JSON.append(embedding.textTokenCount, to: &bytes)
    bytes += ",\"windows\":".utf8
    JSON.append(embedding.windowCount, to: &bytes)
    bytes += "}\n".utf8
  }

  func wholeRows(of file: RandomAccessFile) throws -> (rows: Int, end: Int) {
    var (rows, end, place) = (0, 0, 0)
    try file.forEachBlock { block in
      for byte in block {
        place += 1
        if byte == UInt8(ascii: "\n") { (rows, end) = (rows + 1, place) }
      }
    }
    return (rows, end)
  }
}
