import MLMModel
import MLMNumerics

/// The scores of a model's head, and one training step on what is to be predicted.
struct Step {
  private let transformer: Transformer
  private let description: ModelDescription
  private let batch: Batch
  private let input: ArchitectureProbe.Input
  private let scores: FloatBuffer

  init(
    _ transformer: Transformer, _ description: ModelDescription, _ batch: Batch,
    _ input: ArchitectureProbe.Input
  ) {
    self.transformer = transformer
    self.description = description
    self.batch = batch
    self.input = input
    scores = FloatBuffer(
      count: batch.rowCount * max(description.transformer.vocabularySize, description.labels.count))
  }

  /// The head's scores: of every token, or of every sequence.
  func logits(_ rows: Matrix) -> Matrix {
    switch description.head {
    case .none: return Matrix(scores.pointer, rows: 0, columns: 1)
    case .languageModel:
      let logits = scores.matrix(
        rows: batch.rowCount, columns: description.transformer.vocabularySize)
      LanguageModelHead(transformer).scores(atRows: Array(0..<Int32(batch.rowCount)), output: rows)
      {
        _ = UnsafeMutableBufferPointer(start: logits.row($0), count: logits.columns)
          .update(fromContentsOf: $1)
      }
      return logits
    case .replacedTokens:
      let logits = scores.matrix(rows: batch.rowCount, columns: 1)
      let head = TokenScoreHead(transformer)
      withExtendedLifetime(head) { logits.copy(from: head.scores(rows)) }
      return logits
    case .classification(let count):
      let logits = scores.matrix(rows: batch.sequenceCount, columns: count)
      let head = ClassificationHead(transformer, pooling: description.pooling)
      withExtendedLifetime(head) {
        // The scores of a regression are the logits as they are.
        logits.copy(from: head.predictions(batch, output: rows, task: .regression))
      }
      return logits
    }
  }

  /// The mean loss, and its gradients; nil without a head.
  func train(_ rows: Matrix, _ rowGradient: Matrix, _ gradients: Parameters) -> Double? {
    let labels = (input.labels ?? []).flatMap(\.self)
    switch description.head {
    case .none: return nil
    case .languageModel:
      let targets = labels.enumerated().filter { $0.element >= 0 }.map {
        LanguageModelHead.Target(row: Int32($0.offset), token: $0.element)
      }
      let count = Double(targets.count)
      return LanguageModelHead(transformer).train(
        on: targets, output: rows, scale: Float(1 / count), outputGradient: rowGradient,
        gradients: gradients) / count
    case .replacedTokens:
      let count = Double(batch.rowCount)
      return TokenScoreHead(transformer).train(
        on: labels.map { $0 == 1 }, output: rows, scale: Float(1 / count),
        outputGradient: rowGradient, gradients: gradients) / count
    case .classification:
      let targets: ClassificationTargets =
        switch description.task {
        case .single: .single(input.classes ?? [])
        case .multi: .multi((input.numbers ?? []).flatMap(\.self))
        case .regression: .regression((input.numbers ?? []).flatMap(\.self))
        }
      let count = Double(batch.sequenceCount)
      return ClassificationHead(transformer, pooling: description.pooling).train(
        on: targets, batch, output: rows, scale: Float(1 / count), outputGradient: rowGradient,
        gradients: gradients, dropout: nil) / count
    }
  }
}
