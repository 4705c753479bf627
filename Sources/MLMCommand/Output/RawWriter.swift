import MLM

/// Numbers and nothing else: float32, little endian.
package struct RawWriter: VectorWriter {
  let columns: Int

  func append(_ embedding: Embedding, to bytes: inout [UInt8]) {
    for value in embedding.values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  func wholeRows(of file: RandomAccessFile) throws -> (rows: Int, end: Int) {
    let rows = max(0, file.size - header.count) / (4 * columns)
    return (rows, header.count + rows * 4 * columns)
  }
}
