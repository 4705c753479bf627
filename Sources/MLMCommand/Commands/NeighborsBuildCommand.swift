import ArgumentParser
import MLM

/// Makes an index of the lines of a text.
struct NeighborsBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Make an index of the lines of a text.",
    discussion: """
      The index is a directory that appears whole or not at all: vectors.npy, a row for each line; \
      texts.txt, the lines; and which model made it. Where the model has a prompt for texts that are to \
      be found (document, passage or corpus), it is put before each line.
      """)

  @Argument(
    help: ArgumentHelp("Texts, one a line; standard input if absent or -.", valueName: "file"))
  var file: String?

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The index.", valueName: "dir"))
  var output: String

  @Flag(help: "Replace the index if it exists.")
  var overwrite = false

  @OptionGroup var options: EncoderOptions
  @OptionGroup var quiet: QuietOption

  func run() throws {
    let output = Paths.withoutTrailingSlash(output)
    try requirePlace(output)
    let directory = Paths.withoutTrailingSlash(model.path)
    let model = try model.load(options.precision)
    let encoder = try options.encoder(model)
    // The files tell the number of rows first.
    let spool = try SpooledInput([file ?? "-"], directory: Paths.temporaryDirectory)
    defer { spool.remove() }
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    let lines = try TextLines(path: spool.paths[0])
    let writer = try NeighborIndexWriter(
      output, rows: try TextLines.count(path: spool.paths[0]), columns: encoder.dimension)
    StopSignals.watch()
    var truncated = 0
    let stream = EmbeddingStream(
      encoder: encoder, prompt: options.prompt(.document), lines: lines, progress: progress)
    let (end, count) = try spool.naming {
      try stream.run(stops: true) { texts, _, embeddings in
        for (text, embedding) in zip(texts, embeddings) {
          try writer.add(text, embedding)
          truncated += embedding.isTruncated ? 1 : 0
        }
      }
    }
    if end == .stopped { throw Stopped() }
    try writer.finish(
      NeighborIndex(
        format: NeighborIndex.format, model: System.absolutePath(directory),
        digest: try ModelDigest.digest(of: directory), source: Paths.name(of: file ?? "-"),
        rows: count, dimensions: encoder.dimension, pooling: options.pooling?.rawValue,
        overflow: options.long?.rawValue, maximumLength: options.length.maxLength,
        keptDimensions: options.dimensions, prompt: options.prompt, promptName: options.promptName))
    progress.clear()
    lines.warn()
    Warnings.truncation(truncated, of: count, what: "text")
  }

  /// Checks that an index can be made, and that what it replaces is one.
  private func requirePlace(_ output: String) throws {
    try Paths.requireNewDirectory(output, isReplaceable: overwrite)
    if FileSystem.exists(output), !FileSystem.names(in: output).isEmpty,
      !FileSystem.exists(output + "/" + NeighborIndex.name)
    {
      throw CommandError(
        .cannotCreate, "\(output): expected an index of neighbors or nothing, found other files")
    }
  }
}
