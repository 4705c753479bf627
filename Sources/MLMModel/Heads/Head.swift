/// What sits on top of the transformer's last norm.
public enum Head: Hashable, Sendable {
  /// Nothing: the rows themselves are the result.
  case none
  /// Scores over the vocabulary.
  case languageModel
  /// Scores over classes, from one pooled row per sequence.
  case classification(classCount: Int)
}
