import ArgumentParser
import MLM

/// Tells the class of each line.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Tell the label of each line of text.",
    discussion: """
      Prints label, tab, probability for each line, in order.

        echo "A fine film." | mlm predict --model reviews.mlm
        mlm predict --model reviews.mlm new.txt --json
      """)

  @Argument(
    help: ArgumentHelp("Texts, one a line; standard input if absent or -.", valueName: "file"))
  var file: String?

  @OptionGroup var model: ModelOption

  @OptionGroup var length: LengthOption

  @Flag(help: "Lines are a text, a tab and a second text.")
  var pairs = false

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var quiet: QuietOption
  @OptionGroup var format: JSONOption

  func run() throws {
    let classifier = try model.load(precision) {
      try length.check($0)
      return try TextClassifier($0, maximumLength: length.maxLength, threadCount: threads.count)
    }
    let lines = try TextLines(path: file)
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    var (total, truncated) = (0, 0)
    while case let block = try lines.nextBlock(), !block.isEmpty {
      let predictions =
        pairs
        ? classifier.predictions(for: try pairs(of: block, after: total))
        : classifier.predictions(for: block)
      for prediction in predictions {
        let line = PredictionLine(prediction, classifier.labels, classifier.task)
        try StandardOutput.shared.line(format.json ? line.json.text : line.text)
        truncated += prediction.isTruncated ? 1 : 0
      }
      total += block.count
      progress.show(done: total, of: nil, "lines")
    }
    progress.clear()
    lines.warn()
    Warnings.truncation(truncated, of: total, what: "text")
  }

  private func pairs(of lines: [String], after count: Int) throws -> [(String, String)] {
    try lines.enumerated().map { index, line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw CommandError(
          .badData,
          "\(Paths.name(of: file ?? "-")):\(count + index + 1): expected text<TAB>text, "
            + "found \(Numbers.counted(parts.count - 1, "tab"))")
      }
      return (String(parts[0]), String(parts[1]))
    }
  }
}
