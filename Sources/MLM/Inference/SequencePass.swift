import MLMModel
import MLMNumerics

/// Runs a model forward over many sequences on several threads.
///
/// Sequences are sorted by length and cut into pieces of bounded size; which sequences share a piece
/// does not depend on the number of threads.
package struct SequencePass: Sendable {
  /// Tokens per piece: enough for fast products, few enough to stay in the cache.
  package static let pieceTokens = 2048

  package let transformer: Transformer
  package let threads: Threads

  package init(_ transformer: Transformer, threads: Threads) {
    self.transformer = transformer
    self.threads = threads
  }

  /// The sequences of one piece, as indices into what was given.
  package struct Piece: Sendable {
    package let indices: [Int]
    package let batch: Batch
  }

  /// Calls `body` with the rows of each piece, from several threads at once.
  ///
  /// - Parameters:
  ///   - sequences: Tokens, special ones included; none empty or longer than the model allows.
  ///   - body: Gets a piece, its rows (T×H) and the number of the thread.
  package func run(
    _ sequences: [[Int32]], _ body: @Sendable (Piece, Matrix, _ worker: Int) -> Void
  ) {
    let pieces = pieces(of: sequences)
    let activations = (0..<threads.count).map { _ in
      UncheckedSendable(Activations(transformer.configuration, keepsLayers: false))
    }
    threads.forEach(pieces.count) { index, worker in
      let activations = activations[worker].value
      transformer.forward(pieces[index].batch, into: activations)
      body(pieces[index], activations.output, worker)
    }
  }

  private func pieces(of sequences: [[Int32]]) -> [Piece] {
    let order = sequences.indices.sorted {
      (sequences[$0].count, $0) < (sequences[$1].count, $1)
    }
    var pieces: [Piece] = []
    var indices: [Int] = []
    var batch = Batch()
    for index in order {
      if !indices.isEmpty && batch.rowCount + sequences[index].count > Self.pieceTokens {
        pieces.append(Piece(indices: indices, batch: batch))
        indices.removeAll()
        batch = Batch()
      }
      indices.append(index)
      batch.append(sequences[index])
    }
    if !indices.isEmpty { pieces.append(Piece(indices: indices, batch: batch)) }
    // The longest first: a long piece started last would keep one thread busy alone.
    return pieces.reversed()
  }
}
