/// The share of tokens masked, which changes evenly from the first masked step to the last.
public struct MaskRate: Hashable, Codable, Sendable {
  /// The share at the first masked step.
  public var start: Double
  /// The share at the last step.
  public var end: Double

  /// A rate that falls from 30 % to 15 % (GPT-BERT, arXiv 2410.24159): many targets while there is
  /// everything to learn, more context once the easy ones are known.
  public static let falling = MaskRate(start: 0.30, end: 0.15)

  /// A rate that changes from one share to another.
  public init(start: Double, end: Double) {
    self.start = start
    self.end = end
  }

  /// The same rate all along.
  public init(_ rate: Double) {
    self.init(start: rate, end: rate)
  }
}
