import ArgumentParser
import MLM

extension ModelLayout: ExpressibleByArgument {}

/// Writes a model in another layout.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model in another layout.",
    discussion: """
      What is written computes the same. A model whose shape the layout has no room for is refused.

        mlm export corpus.mlm --as modernbert-decoder --output decoder
        mlm export xlm-roberta --as bert --output bert
        mlm export corpus.mlm --as sentence-transformers --output encoder
      """)

  @Argument(help: ArgumentHelp("The model directory.", valueName: "dir"))
  var directory: String

  @Option(name: .customLong("as"), help: "The layout to write.")
  var layout: ModelLayout

  @Option(help: ArgumentHelp("The directory to write.", valueName: "dir"))
  var output: String

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  func run() throws {
    let output = Paths.withoutTrailingSlash(output)
    try Paths.requireNewDirectory(output, isReplaceable: overwrite)
    let path = Paths.withoutTrailingSlash(directory)
    let model = try ModelDirectory(contentsOf: path)
    let converted = try model.converted(to: layout)
    try converted.write(
      to: output, card: ExportCard(converted, source: path, as: layout, output: output).text)
    try StandardOutput.shared.line(
      JSON.object([
        ("output", .string(output)), ("architecture", .string(converted.architectureName)),
        ("parameters", .integer(converted.parameterCount)),
      ]).text)
  }
}
