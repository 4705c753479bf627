/// What happens to the tokens of a text after the model.
enum PostProcessor: Hashable, Sendable {
  /// Nothing.
  case none
  /// White space is taken out of the offsets.
  case byteLevel(ByteLevelSettings)
  /// Special tokens are put around the text.
  case template(Template)
}
