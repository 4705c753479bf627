import MLMModel
import MLMNumerics

/// Runs a model forward over many sequences on several threads.
package struct SequencePass: Sendable {
  package typealias Piece = SequencePieces.Piece

  package let transformer: Transformer
  package let threads: Threads

  package init(_ transformer: Transformer, threads: Threads) {
    self.transformer = transformer
    self.threads = threads
  }

  /// Calls `body` with the rows of each piece, from several threads at once.
  ///
  /// - Parameters:
  ///   - sequences: Tokens, special ones included; none longer than the model allows;
  ///     empty ones are in no piece.
  ///   - types: The types of the tokens of each sequence; all 0 if nil.
  ///   - body: Gets a piece, its rows (T×H) and the number of the thread.
  package func run(
    _ sequences: [[Int32]], types: [[Int32]?]? = nil,
    _ body: @Sendable (Piece, Matrix, _ worker: Int) -> Void
  ) {
    let pieces = SequencePieces(sequences, types: types).pieces
    let activations = (0..<threads.count).map { _ in
      UncheckedSendable(Activations(transformer.configuration, keeping: nil))
    }
    threads.forEach(pieces.count) { index, worker in
      let activations = activations[worker].value
      transformer.forward(pieces[index].batch, into: activations)
      body(pieces[index], activations.output, worker)
    }
  }
}
