/// What sits on top of the transformer's rows.
public enum Head: Hashable, Sendable {
  /// Nothing: the rows themselves are the result.
  case none
  /// Scores over the vocabulary.
  case languageModel
  /// Scores over classes, from one pooled row per sequence.
  case classification(classCount: Int)
  /// One score a token: whether it was replaced, as ELECTRA's discriminator tells.
  case replacedTokens
}
