import ArgumentParser
import MLMData

/// How text files are cut into documents.
struct TextOptions: ParsableArguments {
  @Option(
    help: "What a document is: a line, lines between blank ones, or a file (default: line).")
  var documents: DocumentBoundary?

  @Option(help: ArgumentHelp("Read JSON lines and take the text from this key.", valueName: "name"))
  var textField: String?

  @Flag(help: "Refuse malformed UTF-8 instead of replacing it by U+FFFD.")
  var strict = false
}

extension DocumentBoundary: ExpressibleByArgument {}
