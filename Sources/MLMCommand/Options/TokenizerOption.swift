import ArgumentParser
import MLMText

/// The tokenizer a command uses.
struct TokenizerOption: ParsableArguments {
  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp(
      "The tokenizer.json, or vocab.txt, or vocab.json beside merges.txt, or a directory that has one.",
      valueName: "file"))
  var path: String

  /// Opens the tokenizer.
  func load() throws -> Tokenizer {
    try Tokenizer(contentsOf: Paths.withoutTrailingSlash(path))
  }
}
