import ArgumentParser
import MLM

/// Turns lines of text into vectors.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turn each line of text into a vector.",
    discussion: """
      Memory does not grow with the input. jsonl is an object a line; npy is numpy's format, a matrix \
      with a row for each line; raw is the same numbers without a header (float32, little endian).

        mlm embed --model corpus.mlm sentences.txt > vectors.jsonl
        mlm embed --model corpus.mlm sentences.txt --format npy --output vectors.npy
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case jsonl, npy, raw
  }

  @Argument(
    help: ArgumentHelp("Texts, one a line; standard input if absent or -.", valueName: "file"))
  var file: String?

  @OptionGroup var model: ModelOption

  @Option(help: "What to write (default: jsonl).")
  var format: Format?

  @Flag(help: "The same as --format jsonl.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write this file, whole or not at all, instead of standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  @Option(help: "How the rows of a text become one (default: what the model says).")
  var pooling: Pooling?

  @Flag(inversion: .prefixedNo, help: "Scale vectors to length 1 (default: what the model says).")
  var normalize: Bool?

  @OptionGroup var length: LengthOption

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if json, let format, format != .jsonl {
      throw ValidationError("expected at most one of --json and --format \(format.rawValue)")
    }
  }

  func run() throws {
    if let output { try Paths.requireNewFile(output, isReplaceable: overwrite) }
    let format = format ?? .jsonl
    let model = try model.load(precision)
    try length.check(model)
    let encoder = TextEncoder(
      model,
      options: TextEncoder.Options(
        pooling: pooling, normalizesLength: normalize, maximumLength: length.maxLength,
        threadCount: threads.count))
    // The header of npy tells the number of rows, so the lines are counted first.
    let spool = try SpooledInput(
      format == .npy ? [file ?? "-"] : [], directory: Paths.temporaryDirectory)
    defer { spool.remove() }
    let path = spool.paths.first ?? file
    let lines = try TextLines(path: path)
    let writer: any VectorWriter =
      switch format {
      case .jsonl: JSONLinesWriter()
      case .npy:
        NumPyWriter(rows: try TextLines.count(path: path ?? "-"), columns: encoder.dimension)
      case .raw: RawWriter()
      }
    let target = try OutputTarget(output)
    try target.write(writer.header)
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    var (total, truncated) = (0, 0)
    while case let block = try lines.nextBlock(), !block.isEmpty {
      for embedding in encoder.embeddings(for: block) {
        try target.write(writer.bytes(of: embedding))
        truncated += embedding.isTruncated ? 1 : 0
      }
      total += block.count
      progress.show(done: total, of: nil, "lines")
      try writer.check(rows: total, isLast: false)
    }
    try writer.check(rows: total, isLast: true)
    try target.finish()
    progress.clear()
    lines.warn()
    Warnings.truncation(truncated, of: total, what: "text")
  }
}
