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
        mlm embed --model corpus.mlm sentences.txt --format npy --output vectors.npy --resume

      What --output names appears whole or not at all. Until then vectors are in FILE.partial, which \
      stays when the command is stopped or killed; --resume goes on after the last whole vector.
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

  @Flag(help: "Go on with an output that was stopped or killed.")
  var resume = false

  @OptionGroup var options: EncoderOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if json, let format, format != .jsonl {
      throw ValidationError("expected at most one of --json and --format \(format.rawValue)")
    }
    if resume && overwrite {
      throw ValidationError("expected at most one of --resume and --overwrite")
    }
    if resume && output == nil { throw ValidationError("--resume: expected --output with it") }
  }

  func run() throws {
    if let output {
      if resume && System.isStream(output) {
        throw CommandError(.usage, "--resume: \(output): expected a file, found a device or a pipe")
      }
      try Paths.requireNewFile(output, isReplaceable: overwrite || resume)
      if resume && ResumableFile.isFinished(output) { return }
    }
    let model = try model.load(options.precision)
    let encoder = try options.encoder(model)
    // The header of npy tells the number of rows, so the lines are counted first.
    let spool = try SpooledInput(
      format == .npy ? [file ?? "-"] : [], directory: Paths.temporaryDirectory)
    defer { spool.remove() }
    let path = spool.paths.first ?? file ?? "-"
    let lines = try TextLines(path: path)
    let writer = try writer(encoder, path)
    let target = try target(writer, path)
    if target.isResumable { StopSignals.watch() }
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    do {
      let stream = EmbeddingStream(
        encoder: encoder, prompt: options.prompt(), lines: lines, progress: progress)
      try write(stream, writer, to: target)
    } catch {
      // What was refused would be refused again; but what an earlier run wrote is not lost.
      if Failure(error).code == .badData && target.rows == 0 { target.discard() }
      throw error
    }
  }

  private func write(
    _ stream: EmbeddingStream, _ writer: any VectorWriter, to target: VectorTarget
  ) throws {
    var truncated = 0
    var bytes: [UInt8] = []
    let (end, count) = try stream.run(skipping: target.rows, stops: target.isResumable) {
      _, first, embeddings in
      try writer.check(rows: first + embeddings.count, isLast: false)
      bytes.removeAll(keepingCapacity: true)
      for embedding in embeddings {
        writer.append(embedding, to: &bytes)
        truncated += embedding.isTruncated ? 1 : 0
      }
      try target.write(bytes)
    }
    stream.progress.clear()
    if end == .stopped {
      throw CommandError(
        .stoppedEarly,
        "\(output ?? ""): stopped after \(Numbers.counted(count, "line")); --resume goes on")
    }
    if count < target.rows {
      throw CommandError(
        .usage,
        "--resume: the run was begun with other text: expected at least "
          + "\(Numbers.counted(target.rows, "line")), found \(count)")
    }
    try writer.check(rows: count, isLast: true)
    try target.finish()
    stream.lines.warn()
    Warnings.truncation(truncated, of: count - target.rows, what: "text")
  }

  private func writer(_ encoder: TextEncoder, _ path: String) throws -> any VectorWriter {
    switch format ?? .jsonl {
    case .jsonl: JSONLinesWriter()
    case .npy: NumPyWriter(rows: try TextLines.count(path: path), columns: encoder.dimension)
    case .raw: RawWriter(columns: encoder.dimension)
    }
  }

  private func target(_ writer: any VectorWriter, _ path: String) throws -> VectorTarget {
    guard let output, !System.isStream(output) else {
      return try VectorTarget(stream: output, writer)
    }
    var description = [
      (name: "--format", value: (format ?? .jsonl).rawValue),
      ("--model", try ModelDigest.digest(of: Paths.withoutTrailingSlash(model.path))),
    ]
    description += options.description
    if let size = System.size(path) {
      // Text is known by its length and beginning.
      let beginning = try ModelDigest.digest(ofBeginning: path)
      description.append(("text", "\(Numbers.counted(size, "byte")) (\(beginning))"))
    }
    return VectorTarget(
      try ResumableFile(
        output, description: description, writer: writer,
        existing: resume ? .resume : overwrite ? .overwrite : .refuse))
  }
}
