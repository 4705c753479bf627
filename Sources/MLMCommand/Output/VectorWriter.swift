import MLM

/// A format of vectors.
protocol VectorWriter {
  /// What comes before the first vector.
  var header: [UInt8] { get }
  /// A vector.
  func bytes(of embedding: Embedding) -> [UInt8]
  /// Throws where the number of vectors is not the one the header tells.
  func check(rows: Int, isLast: Bool) throws
}

extension VectorWriter {
  var header: [UInt8] { [] }
  func check(rows: Int, isLast: Bool) throws {}
}
