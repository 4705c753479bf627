import MLMModel

/// The tokens of one optimizer step after the objective has had its way with them, in pieces.
struct StepBatch: Sendable {
  /// What one thread works on at a time.
  struct Piece: Sendable {
    var batch: Batch
    var targets: [LanguageModelHead.Target]
    /// The place of the piece's first row among the rows of the step.
    var firstRow: Int
  }

  private(set) var pieces: [Piece] = []
  private(set) var tokenCount = 0
  private(set) var targetCount = 0

  init(_ sequences: [[Int32]], phase: Objective.Phase, masking: Masking, step: Int) {
    let cut = Pieces(lengths: sequences.map(\.count))
    for range in cut.ranges {
      var batch = Batch(cut.order[range].map { sequences[$0] })
      let targets: [LanguageModelHead.Target]
      switch phase {
      case .nextWord: targets = batch.nextWordTargets
      case .masked(let rate):
        var ids = batch.ids
        targets = masking.hide(&ids, rate: rate, step: UInt64(step), firstPlace: tokenCount)
        batch.replaceIDs(with: ids)
      }
      pieces.append(Piece(batch: batch, targets: targets, firstRow: tokenCount))
      tokenCount += batch.rowCount
      targetCount += targets.count
    }
  }
}
