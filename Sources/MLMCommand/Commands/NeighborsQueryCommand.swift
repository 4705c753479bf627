import ArgumentParser
import MLM
import MLMNumerics

/// Finds the lines of an index that are nearest to texts.
struct NeighborsQueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Find the lines of an index that are nearest to each line of text.",
    discussion: """
      Prints score, line number and line, with tabs between them, and an empty line after each text but \
      the last; with --json an object for each text. Nearest lines come first, of equals the one that \
      comes first in the file. Where the model has a prompt named query, it is put before each text.
      """)

  @Argument(help: ArgumentHelp("What neighbors build made.", valueName: "index"))
  var index: String

  @Argument(
    help: ArgumentHelp("Texts, one a line; standard input if absent or -.", valueName: "file"))
  var file: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Lines to find for each text.", valueName: "n"))
  var count = 10

  @Option(
    help: ArgumentHelp(
      "The model, if it is no longer where it was when the index was made.", valueName: "dir"))
  var model: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Put this before each text instead of a prompt.", valueName: "text"))
  var prompt: String?

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var quiet: QuietOption
  @OptionGroup var format: JSONOption

  func validate() throws {
    if count < 1 { throw ValidationError("--count: expected a number from 1, found \(count)") }
  }

  func run() throws {
    let path = Paths.withoutTrailingSlash(index)
    let reader = try NeighborIndexReader(path)
    let encoder = try encoder(reader.index, path)
    let progress = Progress(isQuiet: quiet.quiet)
    defer { progress.clear() }
    let lines = try TextLines(path: file)
    let stream = EmbeddingStream(
      encoder: encoder, prompt: prompt.map(TextEncoder.Prompt.text) ?? .query, lines: lines,
      progress: progress)
    let nearest = NearestRows(reader.rows, threads: Threads(count: threads.count))
    let shared = UncheckedSendable(reader)
    var truncated = 0
    let (_, total) = try stream.run(stops: false) { texts, first, embeddings in
      // A few at a time: their scores against a block of lines stay in the cache.
      for start in stride(from: embeddings.startIndex, to: embeddings.endIndex, by: 64) {
        let part = embeddings[start..<min(start + 64, embeddings.endIndex)]
        let found = nearest.matches(part, count: count) { shared.value.release($0) }
        for (place, matches) in zip(part.indices, found) {
          try show(texts[place], matches, reader, isFirst: first == 0 && place == 0)
        }
        truncated += part.count(where: \.isTruncated)
      }
    }
    progress.clear()
    lines.warn()
    Warnings.truncation(truncated, of: total, what: "text")
  }

  private func encoder(_ index: NeighborIndex, _ path: String) throws -> TextEncoder {
    let directory = Paths.withoutTrailingSlash(model ?? index.model)
    let found = try ModelDigest.digest(of: directory)
    guard found == index.digest else {
      throw CommandError(
        .badData,
        "\(path): made with another model than \(directory): expected digest \(index.digest), "
          + "found \(found)")
    }
    let encoder = try TextEncoder(
      ModelDirectory(contentsOf: directory),
      options: TextEncoder.Options(
        pooling: index.pooling.flatMap(Pooling.init), maximumLength: index.maximumLength,
        overflow: index.overflow.flatMap(TextEncoder.Overflow.init) ?? .truncate,
        dimensions: index.keptDimensions, threadCount: threads.count))
    guard encoder.dimension == index.dimensions else {
      throw CommandError(
        .badData,
        "\(path): expected vectors of \(encoder.dimension) numbers, found \(index.dimensions)")
    }
    return encoder
  }

  private func show(
    _ text: String, _ matches: [NearestRows.Match], _ reader: NeighborIndexReader, isFirst: Bool
  ) throws {
    let output = StandardOutput.shared
    guard !format.json else {
      let neighbors = try matches.map { match in
        JSON.object([
          ("line", .integer(match.row + 1)), ("score", .double(match.score)),
          ("text", .string(try reader.text(match.row))),
        ])
      }
      return try output.line(
        JSON.object([("query", .string(text)), ("neighbors", .array(neighbors))]).text)
    }
    if !isFirst { try output.line("") }
    for match in matches {
      try output.line(
        "\(Numbers.fixed(match.score, 6))\t\(match.row + 1)\t\(try reader.text(match.row))")
    }
  }
}

extension NearestRows {
  /// The nearest rows of each embedding.
  fileprivate func matches(
    _ embeddings: ArraySlice<Embedding>, count: Int, release: @Sendable (Matrix) -> Void
  ) -> [[Match]] {
    let width = embeddings.first?.values.count ?? 1
    let buffer = FloatBuffer(count: embeddings.count * width)
    let queries = buffer.matrix(rows: embeddings.count, columns: width)
    for (row, embedding) in embeddings.enumerated() {
      _ = UnsafeMutableBufferPointer(start: queries.row(row), count: width)
        .update(fromContentsOf: embedding.scaledToLengthOne.values)
    }
    return withExtendedLifetime(buffer) { matches(queries, count: count, release: release) }
  }
}
