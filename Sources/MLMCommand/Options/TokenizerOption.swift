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
    try Self.open(Self.file(Paths.withoutTrailingSlash(path)))
  }

  /// The tokenizer's file: `path`, or the tokenizer.json of a model directory.
  static func file(_ path: String) -> String {
    FileSystem.isDirectory(path) ? path + "/tokenizer.json" : path
  }

  /// Opens a tokenizer's file.
  static func open(_ file: String) throws -> Tokenizer { try Tokenizer(contentsOf: file) }
}
