import Foundation
import MLMModel
import MLMNumerics
import MLMTestSupport
import Testing

/// Losses of each task and their gradients, as PyTorch computes them (torch 2.13, float64).
@Suite struct ClassificationTaskTests {
  private let scores: [Float] = [0.5, -1.25, 3, -100, 100, 0]

  private func loss(
    _ targets: ClassificationTargets, _ scores: [Float], rows: Int, scale: Float = 1
  ) -> (Double, gradient: [Float]) {
    let buffer = FloatBuffer(count: scores.count)
    let losses = FloatBuffer(count: rows)
    for (index, score) in scores.enumerated() { buffer.pointer[index] = score }
    let loss = targets.lossAndGradient(
      buffer.matrix(rows: rows, columns: scores.count / rows), scale: scale,
      losses: losses.pointer, on: .current)
    let gradient = Array(UnsafeBufferPointer(start: buffer.pointer, count: scores.count))
    withExtendedLifetime(losses) {}
    return (loss, gradient)
  }

  /// F.cross_entropy(x, [0, 2], reduction='sum').
  @Test func oneClass() {
    let (loss, gradient) = loss(.single([0, 2]), scores, rows: 2)
    #expect(abs(loss - 102.59198578059197) < 2e-5)
    #expect(
      maxDifference(
        gradient, [-0.92512879, 0.013010666, 0.91211812, 0, 1, -1]) < 1e-6)
  }

  /// F.binary_cross_entropy_with_logits(x, t, reduction='none').mean(1).sum().
  @Test func severalClasses() {
    let (loss, gradient) = loss(.multi([1, 0, 1, 1, 0, 0]), scores, rows: 2)
    #expect(abs(loss - 67.15591353255306) < 1e-5)
    #expect(
      maxDifference(
        gradient, [-0.12584689, 0.07423338, -0.015808624, -0.33333333, 0.33333333, 0.16666667])
        < 1e-7)
  }

  /// F.mse_loss(x, t, reduction='sum').
  @Test func aNumber() {
    let (loss, gradient) = loss(.regression([2, -1]), [0.5, -1.25], rows: 2)
    #expect(loss == 2.3125)
    #expect(gradient == [-3, -0.5])
  }

  @Test(arguments: [
    ClassificationTargets.single([0, 2]), .multi([1, 0, 1, 1, 0, 0]),
  ])
  func scaleAppliesToTheGradientAlone(_ targets: ClassificationTargets) {
    let (plain, scaled) = (loss(targets, scores, rows: 2), loss(targets, scores, rows: 2, scale: 4))
    #expect(plain.0 == scaled.0)
    #expect(maxDifference(scaled.gradient, plain.gradient.map { 4 * $0 }) < 1e-6)
  }

  /// Scores, softmax(scores) and sigmoid(scores) belong together.
  @Test func predictionsAreWhatTheTaskReads() {
    let description = ModelDescription.small(.classification(classCount: 3))
    let parameters = Parameters(description.layout)
    parameters.fillWidely(seed: 3)
    let transformer = Transformer(description.transformer, parameters: parameters)
    let activations = Activations(description.transformer, keeping: nil)
    let batch = Batch.drawn([5, 2], vocabularySize: 13, seed: 4)
    transformer.forward(batch, into: activations)
    let head = ClassificationHead(transformer, pooling: .mean)
    func predictions(_ task: ClassificationTask) -> [[Float]] {
      Rows(head.predictions(batch, output: activations.output, task: task)).all
    }
    let scores = predictions(.regression)
    #expect(scores.count == 2 && scores[0].count == 3 && scores[0] != scores[1])
    for (row, probabilities) in zip(scores, predictions(.multi)) {
      let expected = row.map { Float(Scores.sigmoid(Double($0))) }
      #expect(maxDifference(probabilities, expected) < 1e-7)
    }
    for (row, probabilities) in zip(scores, predictions(.single)) {
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
      // Ratios of probabilities are powers of differences of scores.
      let logarithms = probabilities.map { log(Double($0)) }
      for index in 1..<3 {
        #expect(
          abs(logarithms[index] - logarithms[0] - Double(row[index] - row[0])) < 1e-5)
      }
    }
  }
}
