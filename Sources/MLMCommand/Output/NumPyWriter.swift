import MLM

/// A matrix in NumPy's format, version 1.0: float32, little endian, row after row.
package struct NumPyWriter: VectorWriter {
  private let rows: Int
  private let columns: Int

  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  package var header: [UInt8] {
    var description =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    // The numbers start at a multiple of 64 bytes, as NumPy writes them.
    let unpadded = 10 + description.utf8.count + 1
    description += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = description.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(description.utf8)
  }

  func append(_ embedding: Embedding, to bytes: inout [UInt8]) {
    RawWriter(columns: columns).append(embedding, to: &bytes)
  }

  func wholeRows(of file: RandomAccessFile) throws -> (rows: Int, end: Int) {
    let rows = max(0, file.size - header.count) / (4 * columns)
    return (rows, header.count + rows * 4 * columns)
  }

  func check(rows found: Int, isLast: Bool) throws {
    guard found > rows || (isLast && found < rows) else { return }
    throw CommandError(
      .failure, "the input changed while it was read: expected \(rows) lines, found \(found)")
  }
}
