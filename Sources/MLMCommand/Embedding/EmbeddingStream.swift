import MLM
import MLMNumerics

/// Embeds the lines of a file in order, a block at a time: while one is written, the next is computed.
struct EmbeddingStream {
  let encoder: TextEncoder
  let prompt: TextEncoder.Prompt
  let lines: TextLines
  let progress: Progress

  /// How a stream ended.
  enum End {
    case whole
    /// A signal came; lines after the last that was handed on were not embedded.
    case stopped
  }

  /// A block that is being computed.
  private struct Block {
    let first: Int
    let texts: [String]
    /// The share of the input that ends with it; nil where the input's size is unknown.
    let share: Double?
    let results: Promise<[Result<Embedding, MLMError>]>
  }

  /// Embeds lines.
  ///
  /// Blocks are cut as if all lines were embedded, so that the same lines give the same bytes after a
  /// resume, whatever the kernels.
  ///
  /// - Parameters:
  ///   - skipped: Lines from the first on that are not wanted.
  ///   - stops: Whether a signal ends the stream early.
  ///   - body: Gets texts, the place of the first of them from 0, and their embeddings.
  /// - Returns: How it ended, and how many lines there are or were handed on, skipped ones included.
  /// - Throws: ``CommandError`` with code `badData` where a line has no vector.
  func run(
    skipping skipped: Int = 0, stops: Bool,
    _ body: (_ texts: ArraySlice<String>, _ first: Int, ArraySlice<Embedding>) throws -> Void
  ) throws -> (end: End, count: Int) {
    let stop = StopFlag(alsoWhen: { stops && StopSignals.isStopRequested })
    defer { stop.set() }
    let lane = WorkQueue.Lane()
    var pending: Block?
    var (read, done) = (0, skipped)
    var skippedShare: Double?
    while true {
      if stop.isSet { return (.stopped, done) }
      let before = lines.share
      let texts = try lines.nextBlock()
      let first = read
      read += texts.count
      if !texts.isEmpty && read <= skipped { continue }
      if skippedShare == nil { skippedShare = before }
      var next: Block?
      if !texts.isEmpty {
        next = Block(
          first: first, texts: texts, share: lines.share,
          results: try encoder.start(texts, prompt: prompt, in: lane, unless: stop))
      }
      if let block = pending {
        let results = block.results.wait()
        if results.isEmpty { return (.stopped, done) }
        let start = max(0, skipped - block.first)
        let embeddings = try embeddings(results, first: block.first)
        try body(block.texts[start...], block.first + start, embeddings[start...])
        done = block.first + block.texts.count
        progress.show(lines: done, skipped: skipped, share: block.share, after: skippedShare ?? 0)
      }
      pending = next
      if texts.isEmpty { return (.whole, read) }
    }
  }

  private func embeddings(
    _ results: [Result<Embedding, MLMError>], first: Int
  ) throws -> [Embedding] {
    try results.enumerated().map { index, result in
      do throws(MLMError) {
        return try result.get()
      } catch {
        throw CommandError(.badData, "\(lines.name):\(first + index + 1): \(error.description)")
      }
    }
  }
}
