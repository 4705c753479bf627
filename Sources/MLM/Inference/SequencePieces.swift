import MLMModel

/// Sequences of one pass, cut into pieces that are computed one at a time each.
///
/// Which sequences share a piece depends on the sequences only, never on the number of threads.
package struct SequencePieces: Sendable {
  /// Tokens per piece where there are many: enough for fast products, few enough to stay in the cache.
  package static let mostTokens = 2048
  /// Tokens per piece where there are few: below, a product takes about as long for fewer rows.
  package static let fewestTokens = 128
  /// Pieces that are made before they grow: so many threads have work.
  private static let wantedCount = 16

  /// The sequences of one piece, as indices into what was given.
  package struct Piece: Sendable {
    package let indices: [Int]
    package let batch: Batch
  }

  /// The pieces, those of the longest sequences first: a long piece started last would keep one thread
  /// busy alone.
  package let pieces: [Piece]

  /// Cuts sequences; empty ones, which have no rows, are in no piece.
  ///
  /// - Parameter types: The types of the tokens of each sequence; all 0 if nil.
  package init(_ sequences: [[Int32]], types: [[Int32]?]? = nil) {
    let limit = Self.tokens(ofPieceFor: sequences.reduce(0) { $0 + $1.count })
    let order = sequences.indices.filter { !sequences[$0].isEmpty }.sorted {
      (sequences[$0].count, $0) < (sequences[$1].count, $1)
    }
    var pieces: [Piece] = []
    var indices: [Int] = []
    var batch = Batch()
    for index in order {
      if !indices.isEmpty && batch.rowCount + sequences[index].count > limit {
        pieces.append(Piece(indices: indices, batch: batch))
        indices.removeAll()
        batch = Batch()
      }
      indices.append(index)
      batch.append(sequences[index], types: types?[index])
    }
    if !indices.isEmpty { pieces.append(Piece(indices: indices, batch: batch)) }
    self.pieces = pieces.reversed()
  }

  /// The most tokens of a piece of several sequences, of `total` tokens in all.
  private static func tokens(ofPieceFor total: Int) -> Int {
    min(mostTokens, max(fewestTokens, total / wantedCount))
  }
}
