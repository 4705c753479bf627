import ArgumentParser
import MLM
import MLMData

/// Fills masked tokens.
struct FillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill",
    abstract: "Tell the likeliest tokens for each [MASK] of a text.",
    discussion: """
      Prints probability and token for each mask; with --json an array for each mask.

        mlm fill --model corpus.mlm "In the beginning God created the [MASK]."
        mlm fill --model corpus.mlm - --top 1 --json < texts.txt
      """)

  @Argument(
    help: ArgumentHelp("A text with [MASK]; - reads texts from standard input, one a line."))
  var text: String

  @OptionGroup var model: ModelOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens to tell for each mask.", valueName: "n"))
  var top = 5

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var quiet: QuietOption
  @OptionGroup var format: JSONOption

  func validate() throws {
    if top < 1 { throw ValidationError("--top: expected a number from 1, found \(top)") }
  }

  func run() throws {
    let predictor = try model.load(precision) { try MaskPredictor($0) }
    guard text == "-" else { return try show(try predictor.candidates(for: text, count: top)) }
    let lines = try TextLines(path: nil)
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    var number = 0
    while case let block = try lines.nextBlock(), !block.isEmpty {
      for result in predictor.candidates(for: block, count: top, threadCount: threads.count) {
        number += 1
        do {
          try show(try result.get())
        } catch let error as MLMError {
          throw CommandError(.badData, "standard input:\(number): \(error.description)")
        }
      }
      progress.show(done: number, of: nil, "lines")
    }
    progress.clear()
    lines.warn()
  }

  private func show(_ masks: [[MaskPredictor.Candidate]]) throws {
    let output = StandardOutput.shared
    for (index, candidates) in masks.enumerated() {
      if format.json {
        try output.line(
          JSON.array(
            candidates.map {
              .object([("token", .string($0.token)), ("probability", .float($0.probability))])
            }
          ).text)
      } else {
        if index > 0 { try output.line("") }
        for candidate in candidates {
          // In quotes: a space before a word is part of the token.
          try output.line(
            Numbers.fixed(Double(candidate.probability), 4) + "\t"
              + JSON.string(candidate.token).text)
        }
      }
    }
  }
}
