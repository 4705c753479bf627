import MLMNumerics

/// Finds the rows of a matrix that are nearest to others, by comparing with every one.
package struct NearestRows: Sendable {
  /// A row and how near it is.
  package struct Match: Hashable, Sendable {
    /// The place of the row.
    package let row: Int
    /// The product in millionths, which is as much as single precision tells.
    package let millionths: Int32

    /// The product of the rows.
    package var score: Double { Double(millionths) / 1e6 }

    /// Whether it comes first: the greater product, and of equals the earlier row.
    static func < (a: Match, b: Match) -> Bool {
      (b.millionths, a.row) < (a.millionths, b.row)
    }
  }

  /// Rows that are compared at a time: so many that a product is fast, so few that it stays in the cache.
  private static let blockRows = 1024

  private let rows: Matrix
  private let threads: Threads
  private let processor: Processor

  /// Searches rows of length 1, which must stay where they are.
  package init(_ rows: Matrix, threads: Threads, processor: Processor = .current) {
    (self.rows, self.threads, self.processor) = (rows, threads, processor)
  }

  /// The nearest rows of each query, nearest first.
  ///
  /// - Parameters:
  ///   - queries: Rows of length 1, as wide as those searched.
  ///   - count: How many to find.
  ///   - release: Called with the rows of a block that was compared, which may be let go of.
  package func matches(
    _ queries: Matrix, count: Int, release: @Sendable (Matrix) -> Void = { _ in }
  ) -> [[Match]] {
    let blocks = (rows.rows + Self.blockRows - 1) / Self.blockRows
    guard count > 0, blocks > 0, queries.rows > 0 else {
      return [[Match]](repeating: [], count: queries.rows)
    }
    let workers = (0..<threads.count).map { _ in
      UncheckedSendable(Worker(queries: queries.rows, count: count))
    }
    threads.forEach(blocks) { index, worker in
      let worker = workers[worker].value
      let first = index * Self.blockRows
      let block = rows.rows(first..<min(first + Self.blockRows, rows.rows))
      let scores = worker.scores(columns: block.rows)
      processor.multiply(scores, queries, block, transposeB: true, rowsAreIndependent: true)
      for query in 0..<queries.rows {
        worker.best[query].add(scores.row(query), count: block.rows, first: first)
      }
      release(block)
    }
    return (0..<queries.rows).map { query in
      Array(workers.flatMap { $0.value.best[query].matches }.sorted(by: <).prefix(count))
    }
  }

  /// What one thread has found.
  private final class Worker {
    var best: [Best]
    private let memory: FloatBuffer
    private let queries: Int

    init(queries: Int, count: Int) {
      self.queries = queries
      best = [Best](repeating: Best(count: count), count: queries)
      memory = FloatBuffer(count: queries * NearestRows.blockRows)
    }

    func scores(columns: Int) -> Matrix { memory.matrix(rows: queries, columns: columns) }
  }

  /// The best matches of a query so far, and some more.
  private struct Best {
    let count: Int
    private(set) var matches: [Match] = []
    /// Products below it are surely not among the best.
    private var least = -Float.infinity

    init(count: Int) { self.count = count }

    mutating func add(_ scores: UnsafePointer<Float>, count columns: Int, first: Int) {
      // A number that is none is not above any, and never added.
      for column in 0..<columns where scores[column] >= least {
        let bounded = max(-2, min(2, Double(scores[column])))
        matches.append(Match(row: first + column, millionths: Int32((bounded * 1e6).rounded())))
        if matches.count >= max(64, 2 * count) { shorten() }
      }
    }

    private mutating func shorten() {
      matches.sort(by: <)
      matches.removeSubrange(min(count, matches.count)...)
      if matches.count == count, let last = matches.last {
        // One less, for what rounds up to it.
        least = Float(last.millionths - 1) / 1e6
      }
    }
  }
}
