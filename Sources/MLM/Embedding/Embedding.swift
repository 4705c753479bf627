/// The vector of a text, and how much of the text is in it.
public struct Embedding: Hashable, Sendable {
  /// The numbers.
  public let values: [Float]
  /// Tokens that were read, special ones included; of a text read in windows, those of all windows.
  public let tokenCount: Int
  /// Tokens of the whole text, special ones included.
  public let textTokenCount: Int
  /// Whether a part of the text was not read.
  public let isTruncated: Bool
  /// Windows that the text was read in: 1 unless it was longer than the model reads and
  /// ``TextEncoder/Overflow/windows`` was asked for.
  public let windowCount: Int

  /// Creates an embedding from its numbers.
  ///
  /// - Parameters:
  ///   - values: The numbers.
  ///   - tokenCount: Tokens that were read.
  ///   - textTokenCount: Tokens of the whole text; those that were read if nil.
  ///   - isTruncated: Whether a part of the text was not read.
  ///   - windowCount: Windows that the text was read in.
  public init(
    values: [Float], tokenCount: Int = 0, textTokenCount: Int? = nil, isTruncated: Bool = false,
    windowCount: Int = 1
  ) {
    self.values = values
    self.tokenCount = tokenCount
    self.textTokenCount = textTokenCount ?? tokenCount
    self.isTruncated = isTruncated
    self.windowCount = windowCount
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
    // Rounding may leave a hair more than 1.
    return Float(min(1, max(-1, product / (first * second).squareRoot())))
  }
}
