import MLMNumerics

/// Scores over classes: classifier(dropout(norm(act(dense(pool(x)))))).
///
/// The sequence-classification head of every family; what activation, and whether there is a norm,
/// the configuration says. One value per thread.
package final class ClassificationHead {
  private let transformer: Transformer
  private let classCount: Int
  private let transform: HeadTransform
  private let pooling: PoolingLayer
  private var storage = FloatBuffer(count: 16)

  package init(_ transformer: Transformer, pooling: Pooling) {
    self.transformer = transformer
    self.pooling = PoolingLayer(pooling)
    transform = HeadTransform(
      transformer, activation: transformer.configuration.classificationHead.activation)
    classCount =
      transformer.layout.classifier.map { transformer.layout.slots[$0.weight].shape[0] } ?? 0
  }

  /// The sum of the sequences' losses, and their gradients.
  ///
  /// - Parameters:
  ///   - targets: What each sequence should score.
  ///   - output: The transformer's rows: T×H.
  ///   - scale: What each loss's gradient is multiplied by.
  ///   - outputGradient: Overwritten with the gradient of `output`: T×H.
  ///   - gradients: Gradients of parameters are added here.
  ///   - dropout: What the step drops; `firstRow` counts sequences here.
  package func train(
    on targets: ClassificationTargets, _ batch: Batch, output: Matrix, scale: Float,
    outputGradient: Matrix,
    gradients: Parameters, dropout: Dropout?
  ) -> Double {
    let processor = transformer.processor
    let (rows, logits) = forward(batch, output, dropout)
    let losses = UnsafeMutablePointer<Float>(logits.pointer + logits.rows * classCount)
    let total = targets.lossAndGradient(logits, scale: scale, losses: losses, on: processor)
    transformer.linearBackward(
      rows.outputGradient, logits, input: rows.output, classifier, gradients)
    dropout?.backward(rows.outputGradient, at: .head, on: processor)
    transformer.headTransformBackward(rows, into: gradients)
    pooling.backward(outputGradient, rows.inputGradient, offsets: batch.offsets, on: processor)
    return total
  }

  /// Each sequence's scores as the task reads them: probabilities, or the numbers themselves.
  ///
  /// B×C, in memory that the next pass uses again.
  package func predictions(
    _ batch: Batch, output: Matrix, task: ClassificationTask
  ) -> Matrix {
    let (_, logits) = forward(batch, output, nil)
    switch task {
    case .single: transformer.processor.softmaxForward(logits)
    case .multi:
      for index in 0..<logits.rows * logits.columns {
        logits.pointer[index] = Float(Scores.sigmoid(Double(logits.pointer[index])))
      }
    case .regression: break
    }
    return logits
  }

  private var classifier: ParameterLayout.Weights {
    guard let classifier = transformer.layout.classifier else {
      preconditionFailure("the model has no classification head")
    }
    return classifier
  }

  private func forward(
    _ batch: Batch, _ output: Matrix, _ dropout: Dropout?
  ) -> (HeadTransform.Rows, logits: Matrix) {
    let count = batch.sequenceCount
    let needed = count * (classCount + 1)
    if storage.count < needed { storage = FloatBuffer(count: needed) }
    let logits = Matrix(storage.pointer, rows: count, columns: classCount)
    let rows = transform.prepare(rows: count)
    pooling.forward(rows.input, output, offsets: batch.offsets, on: transformer.processor)
    transformer.headTransformForward(rows)
    dropout?.forward(rows.output, at: .head, on: transformer.processor)
    transformer.linear(logits, rows.output, classifier)
    return (rows, logits)
  }
}
