import ArgumentParser
import MLM

/// The model directory a command uses.
struct ModelOption: ParsableArguments {
  @Option(name: .customLong("model"), help: ArgumentHelp("The model.", valueName: "dir"))
  var path: String

  /// Opens the directory.
  func load() throws -> ModelDirectory {
    try ModelDirectory(contentsOf: Paths.withoutTrailingSlash(path))
  }
}
