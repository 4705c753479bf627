import MLMNumerics

/// Scores over the vocabulary at chosen rows: norm(act(dense(x)))·Eᵀ + b, with E the token embedding,
/// or a matrix of its own where the two are not tied.
///
/// Works through the chosen rows in blocks, so that the scores of one block (a block's rows times the
/// vocabulary) are all that is ever held. One value per thread.
package final class LanguageModelHead {
  /// A row whose token is to be predicted.
  package struct Target: Hashable, Sendable {
    /// The row of the batch.
    package var row: Int32
    /// The token that belongs there.
    package var token: Int32

    package init(row: Int32, token: Int32) {
      self.row = row
      self.token = token
    }
  }

  /// Rows per block: enough for a fast product, few enough that the scores stay in the cache.
  private static let blockRows = 256

  private let transformer: Transformer
  private let transform: HeadTransform
  private let processor: Processor
  private var scores = FloatBuffer(count: 16)
  private var losses = FloatBuffer(count: LanguageModelHead.blockRows)

  package init(_ transformer: Transformer) {
    self.transformer = transformer
    transform = HeadTransform(
      transformer, activation: transformer.configuration.languageModelHead.activation)
    processor = transformer.processor.recorded(as: .head)
  }

  /// The sum of the targets' cross-entropies, in nats, and their gradients.
  ///
  /// - Parameters:
  ///   - targets: The rows predicted, and their tokens.
  ///   - output: The transformer's rows: T×H.
  ///   - scale: What each cross-entropy's gradient is multiplied by.
  ///   - outputGradient: Overwritten with the gradient of `output`: T×H.
  ///   - gradients: Gradients of parameters are added here.
  package func train(
    on targets: [Target], output: Matrix, scale: Float, outputGradient: Matrix,
    gradients: Parameters
  ) -> Double {
    outputGradient.pointer.update(
      repeating: 0, count: outputGradient.rows * outputGradient.columns)
    var total = 0.0
    forEachBlock(of: targets, output) { block, rows, scores in
      total += crossEntropy(block, scores, each: { _, _ in })
      let tokens = block.map(\.token)
      processor.crossEntropyBackward(logits: scores, targets: tokens, scale: scale)
      processor.linearBackward(
        inputGradient: rows.outputGradient,
        weightGradient: gradients.matrix(transformer.layout.vocabularyWeight),
        biasGradient: transformer.layout.vocabularyBias.map(gradients.vector),
        outputGradient: scores, input: rows.output,
        weight: transformer.parameters.matrix(transformer.layout.vocabularyWeight))
      transformer.headTransformBackward(rows, into: gradients)
      processor.scatterAddRows(outputGradient, from: rows.inputGradient, rows: block.map(\.row))
    }
    return total
  }

  /// Each target's cross-entropy, in nats, and whether its token has the highest score.
  package func evaluate(
    _ targets: [Target], output: Matrix
  ) -> [(crossEntropy: Float, isCorrect: Bool)] {
    var results: [(crossEntropy: Float, isCorrect: Bool)] = []
    results.reserveCapacity(targets.count)
    forEachBlock(of: targets, output) { block, _, scores in
      let correct = block.indices.map { index in
        let row = scores.pointer + (index - block.startIndex) * scores.stride
        return highest(row) == Int(block[index].token)
      }
      _ = crossEntropy(block, scores) { index, loss in results.append((loss, correct[index])) }
    }
    return results
  }

  /// The scores over the vocabulary at each of the given rows, in order.
  package func scores(
    atRows rows: [Int32], output: Matrix, _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
  ) rethrows {
    let targets = rows.map { Target(row: $0, token: 0) }
    var index = 0
    try forEachBlock(of: targets, output) { block, _, scores in
      for row in 0..<block.count {
        try body(
          index,
          UnsafeBufferPointer(start: scores.pointer + row * scores.stride, count: scores.columns))
        index += 1
      }
    }
  }

  private func forEachBlock(
    of targets: [Target], _ output: Matrix,
    _ body: (ArraySlice<Target>, HeadTransform.Rows, Matrix) throws -> Void
  ) rethrows {
    let vocabulary = transformer.configuration.vocabularySize
    let needed = min(Self.blockRows, targets.count) * vocabulary
    if scores.count < needed { scores = FloatBuffer(count: needed) }
    for start in stride(from: 0, to: targets.count, by: Self.blockRows) {
      let block = targets[start..<min(start + Self.blockRows, targets.count)]
      let rows = transform.prepare(rows: block.count)
      let scores = Matrix(self.scores.pointer, rows: block.count, columns: vocabulary)
      processor.gatherRows(rows.input, from: output, rows: block.map(\.row))
      transformer.headTransformForward(rows)
      processor.linearForward(
        scores, rows.output,
        transformer.parameters.matrix(transformer.layout.vocabularyWeight),
        bias: transformer.layout.vocabularyBias.map {
          UnsafePointer(transformer.parameters.vector($0))
        })
      try body(block, rows, scores)
    }
  }

  /// Turns a block's scores into probabilities; the sum of its losses.
  private func crossEntropy(
    _ block: ArraySlice<Target>, _ scores: Matrix, each: (Int, Float) -> Void
  ) -> Double {
    processor.crossEntropyForward(
      logits: scores, targets: block.map(\.token), losses: losses.pointer)
    var total = 0.0
    for index in 0..<block.count {
      total += Double(losses.pointer[index])
      each(index, losses.pointer[index])
    }
    return total
  }

  private func highest(_ row: UnsafeMutablePointer<Float>) -> Int {
    var best = 0
    for index in 1..<transformer.configuration.vocabularySize where row[index] > row[best] {
      best = index
    }
    return best
  }
}
