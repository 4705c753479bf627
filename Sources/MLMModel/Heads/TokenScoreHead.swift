import MLMNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One score a token, above 0 where it was replaced: score(act(dense(x))).
///
/// ELECTRA's discriminator (Clark and others, 2020, arXiv 2003.10555). One value per thread.
package final class TokenScoreHead {
  private let transformer: Transformer
  private let transform: HeadTransform
  private var storage = FloatBuffer(count: 16)

  package init(_ transformer: Transformer) {
    self.transformer = transformer
    transform = HeadTransform(transformer, activation: transformer.configuration.activation)
  }

  /// The score of each row, in memory that the next pass uses again: T×1.
  package func scores(_ output: Matrix) -> Matrix { forward(output).scores }

  /// The sum over all tokens of the binary cross-entropy, in nats, and its gradients.
  ///
  /// - Parameters:
  ///   - isReplaced: Whether each token was replaced.
  ///   - output: The transformer's rows: T×H.
  ///   - scale: What each loss's gradient is multiplied by.
  ///   - outputGradient: Overwritten with the gradient of `output`: T×H.
  ///   - gradients: Gradients of parameters are added here.
  package func train(
    on isReplaced: [Bool], output: Matrix, scale: Float, outputGradient: Matrix,
    gradients: Parameters
  ) -> Double {
    precondition(isReplaced.count == output.rows, "one answer for each token")
    let (rows, scores) = forward(output)
    var total = 0.0
    for (row, isReplaced) in isReplaced.enumerated() {
      let score = Double(scores.pointer[row])
      let target = isReplaced ? 1.0 : 0.0
      // max(x, 0) − x·t + ln(1 + e^−|x|), which never overflows.
      total += max(score, 0) - score * target + Scores.softplus(-abs(score))
      scores.pointer[row] = scale * Float(Scores.sigmoid(score) - target)
    }
    transformer.linearBackward(
      rows.outputGradient, scores, input: rows.output, classifier, gradients)
    transformer.headTransformBackward(rows, into: gradients)
    outputGradient.copy(from: rows.inputGradient)
    return total
  }

  private var classifier: ParameterLayout.Weights {
    guard let classifier = transformer.layout.classifier else {
      preconditionFailure("the model has no scores of tokens")
    }
    return classifier
  }

  private func forward(_ output: Matrix) -> (HeadTransform.Rows, scores: Matrix) {
    if storage.count < output.rows { storage = FloatBuffer(count: output.rows) }
    let scores = Matrix(storage.pointer, rows: output.rows, columns: 1)
    let rows = transform.prepare(rows: output.rows)
    rows.input.copy(from: output)
    transformer.headTransformForward(rows)
    transformer.linear(scores, rows.output, classifier)
    return (rows, scores)
  }
}
