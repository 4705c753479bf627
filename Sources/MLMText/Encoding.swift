/// The tokens of a text and where each came from.
public struct Encoding: Hashable, Sendable {
  /// The identifiers, one a token.
  public var ids: [Int32]
  /// The UTF-8 bytes of the original text that each token stands for.
  ///
  /// Tokens that the post-processor adds have `0..<0`. A token that holds part of a character has
  /// the whole character's range; an inserted prefix space has the first character's.
  public var offsets: [Range<Int>]

  /// Creates an encoding from identifiers and as many ranges.
  public init(ids: [Int32] = [], offsets: [Range<Int>] = []) {
    self.ids = ids
    self.offsets = offsets
  }
}
