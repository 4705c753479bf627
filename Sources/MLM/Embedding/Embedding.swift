/// The vector of a text.
public struct Embedding: Hashable, Sendable {
  /// The numbers.
  public let values: [Float]
  /// Tokens read, special ones included.
  public let tokenCount: Int
  /// Whether the text was longer than the model reads.
  public let isTruncated: Bool

  /// Creates an embedding from its numbers.
  public init(values: [Float], tokenCount: Int = 0, isTruncated: Bool = false) {
    self.values = values
    self.tokenCount = tokenCount
    self.isTruncated = isTruncated
  }

  /// The cosine of the angle between two vectors of the same dimension: from −1 to 1, and 0 where
  /// either has no length.
  public func cosineSimilarity(to other: Embedding) -> Float {
    precondition(values.count == other.values.count, "embeddings of different dimensions")
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (a, b) in zip(values, other.values) {
      product += Double(a) * Double(b)
      first += Double(a) * Double(a)
      second += Double(b) * Double(b)
    }
    guard first > 0 && second > 0 else { return 0 }
    return Float(product / (first * second).squareRoot())
  }
}
