/// A step that cuts text into pieces, as a tokenizer.json has it.
enum PreTokenizerStep: Hashable, Sendable {
  case bert
  case byteLevel(ByteLevelSettings)
  case delimiter(UInt32)
  case digits(individually: Bool)
  case fixedLength(Int)
  case metaspace(Metaspace)
  case punctuation(SplitBehavior)
  case split(TextPattern, SplitBehavior, isInverted: Bool)
  case unicodeScripts
  case whitespace
  case whitespaceSplit
}
