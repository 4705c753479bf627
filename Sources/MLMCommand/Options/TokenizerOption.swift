import ArgumentParser
import MLM
import MLMText

/// The tokenizer a command uses.
struct TokenizerOption: ParsableArguments {
  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp("The tokenizer.json, or a model directory that has one.", valueName: "file"))
  var path: String

  /// Opens the tokenizer.
  func load() throws -> Tokenizer {
    let path = Paths.withoutTrailingSlash(path)
    return try Tokenizer(
      contentsOf: FileSystem.isDirectory(path) ? path + "/tokenizer.json" : path)
  }
}
