import MLMNumerics

/// What a classification head's scores mean.
public enum ClassificationTask: String, CaseIterable, Codable, Sendable {
  /// One class of several: softmax and cross-entropy.
  case single
  /// Any number of classes: a sigmoid and binary cross-entropy for each.
  case multi
  /// One number: squared error.
  case regression
}

/// What the sequences of a batch should score.
package enum ClassificationTargets: Sendable {
  /// The class of each sequence.
  case single([Int32])
  /// For each sequence, 1 for each class it belongs to and 0 for the others: B·C numbers.
  case multi([Float])
  /// The number of each sequence.
  case regression([Float])

  package var task: ClassificationTask {
    switch self {
    case .single: .single
    case .multi: .multi
    case .regression: .regression
    }
  }

  /// Numbers given: one for each sequence, or for each sequence and class.
  package var count: Int {
    switch self {
    case .single(let classes): classes.count
    case .multi(let wanted), .regression(let wanted): wanted.count
    }
  }

  /// Turns scores, B×C, into the gradient of the loss times `scale`, in place.
  ///
  /// - Returns: The sum over the sequences of their losses: cross-entropy, mean over the classes of
  ///   the binary cross-entropy, or squared error.
  package func lossAndGradient(
    _ scores: Matrix, scale: Float, losses: UnsafeMutablePointer<Float>, on processor: Processor
  ) -> Double {
    precondition(
      count == scores.rows * (task == .single ? 1 : scores.columns), "targets that do not fit")
    switch self {
    case .single(let classes):
      processor.crossEntropyForward(logits: scores, targets: classes, losses: losses)
      let total = (0..<classes.count).reduce(0.0) { $0 + Double(losses[$1]) }
      processor.crossEntropyBackward(logits: scores, targets: classes, scale: scale)
      return total
    case .multi(let wanted):
      var total = 0.0
      let classCount = Double(scores.columns)
      for index in 0..<wanted.count {
        let score = Double(scores.pointer[index])
        let target = Double(wanted[index])
        // max(x, 0) − x·t + ln(1 + e^−|x|), which never overflows.
        total += (max(score, 0) - score * target + Scores.softplus(-abs(score))) / classCount
        scores.pointer[index] =
          scale * Float((Scores.sigmoid(score) - target) / classCount)
      }
      return total
    case .regression(let wanted):
      var total = 0.0
      for index in 0..<wanted.count {
        let error = Double(scores.pointer[index]) - Double(wanted[index])
        total += error * error
        scores.pointer[index] = scale * Float(2 * error)
      }
      return total
    }
  }
}
