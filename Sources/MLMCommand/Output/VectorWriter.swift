import MLM

/// A format of vectors.
protocol VectorWriter {
  /// What comes before the first vector.
  var header: [UInt8] { get }
  /// Appends a vector.
  func append(_ embedding: Embedding, to bytes: inout [UInt8])
  /// How many whole vectors a file has that this format was written to, and where the last one ends.
  func wholeRows(of file: RandomAccessFile) throws -> (rows: Int, end: Int)
  /// Throws where the number of vectors is not the one the header tells.
  func check(rows: Int, isLast: Bool) throws
}

extension VectorWriter {
  var header: [UInt8] { [] }
  func check(rows: Int, isLast: Bool) throws {}
}
