/// The three switches that a tokenizer.json gives a `ByteLevel` component, whatever its role.
struct ByteLevelSettings: Hashable, Sendable {
  /// Whether text that does not begin with a space gets one.
  var addsPrefixSpace = true
  /// Whether a post-processor takes white space out of the offsets.
  var trimsOffsets = true
  /// Whether text is cut into words.
  var splitsWords = true
}
