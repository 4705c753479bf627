import ArgumentParser
import MLM

/// Tells what a model directory holds, or what the machine has.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tell what a model directory holds, or what this machine has.",
    discussion: """
        mlm info corpus.mlm
        mlm info --machine
      """)

  @Argument(help: ArgumentHelp("A model directory; the machine if absent.", valueName: "dir"))
  var directory: String?

  @Flag(help: "Tell what this machine has.")
  var machine = false

  @OptionGroup var format: JSONOption

  func validate() throws {
    if machine && directory != nil {
      throw ValidationError("expected a directory or --machine, found both")
    }
  }

  func run() throws {
    let output = StandardOutput.shared
    guard let directory else {
      let report = MachineReport()
      return try format.json ? output.line(report.json.text) : output.write(report.text)
    }
    let path = Paths.withoutTrailingSlash(directory)
    let report = ModelReport(try ModelDirectory(contentsOf: path), path: path)
    try format.json ? output.line(report.json.text) : output.write(report.text)
  }
}
