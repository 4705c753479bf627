/// The spelling of the tokens that text does not consist of.
///
/// A tokenizer that is trained here gives them the identifiers 0 to 4, in the order of the
/// properties.
public struct SpecialTokens: Hashable, Sendable {
  /// Fills up rows of unequal length.
  public var padding: String
  /// Stands for what the vocabulary cannot spell; byte-level vocabularies never need it.
  public var unknown: String
  /// Begins every text.
  public var start: String
  /// Ends every text.
  public var end: String
  /// Hides a token that the model must guess.
  public var mask: String

  /// Creates the set; the defaults are BERT's spellings.
  public init(
    padding: String = "[PAD]", unknown: String = "[UNK]", start: String = "[CLS]",
    end: String = "[SEP]", mask: String = "[MASK]"
  ) {
    self.padding = padding
    self.unknown = unknown
    self.start = start
    self.end = end
    self.mask = mask
  }

  /// The spellings in the order of their identifiers.
  package var inOrder: [String] { [padding, unknown, start, end, mask] }
}
