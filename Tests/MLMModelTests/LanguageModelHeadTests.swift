import Foundation
import MLMModel
import MLMNumerics
import Testing

/// The head's blocks of rows: every way through them gives the same scores.
@Suite struct LanguageModelHeadTests {
  private let transformer: Transformer
  private let activations: Activations
  private let batch = Batch.drawn([12, 16, 16, 3], vocabularySize: 13, seed: 2)

  init() {
    let description = ModelDescription.small(.languageModel)
    let parameters = Parameters(description.layout)
    parameters.fillWidely(seed: 7)
    transformer = Transformer(description.transformer, parameters: parameters)
    activations = Activations(description.transformer, keeping: .float32)
    transformer.forward(batch, into: activations)
  }

  /// More targets than a block of rows holds; rows may come again.
  private var targets: [LanguageModelHead.Target] {
    (0..<600).map { .init(row: $0 % 47, token: $0 * 7 % 13) }
  }

  private func scores() -> [[Float]] {
    var scores: [[Float]] = []
    LanguageModelHead(transformer).scores(
      atRows: targets.map(\.row), output: activations.output
    ) { scores.append(Array($1)) }
    return scores
  }

  @Test func evaluationIsThatOfTheScores() {
    let results = LanguageModelHead(transformer).evaluate(targets, output: activations.output)
    let scores = scores()
    #expect(results.count == 600 && scores.count == 600)
    for (index, target) in targets.enumerated() {
      let row = scores[index].map(Double.init)
      let largest = row.max() ?? 0
      let loss = largest + log(row.reduce(0) { $0 + exp($1 - largest) }) - row[Int(target.token)]
      #expect(abs(Double(results[index].crossEntropy) - loss) < 1e-5, "target \(index)")
      #expect(results[index].isCorrect == (row[Int(target.token)] == largest), "target \(index)")
    }
    let correct = results.count(where: \.isCorrect)
    #expect(correct > 10 && correct < 590)
  }

  @Test func trainingSumsTheLossesThatEvaluationGives() {
    let gradients = Parameters(transformer.layout)
    let outputGradient = FloatBuffer(count: 47 * 8)
    let head = LanguageModelHead(transformer)
    let loss = head.train(
      on: targets, output: activations.output, scale: 1,
      outputGradient: outputGradient.matrix(rows: 47, columns: 8), gradients: gradients)
    let sum = head.evaluate(targets, output: activations.output)
      .reduce(0.0) { $0 + Double($1.crossEntropy) }
    #expect(abs(loss - sum) < 1e-3 && sum > 600)
    withExtendedLifetime(outputGradient) {}
  }

  @Test func withoutTargetsNothingIsLearned() {
    let gradients = Parameters(transformer.layout)
    let outputGradient = FloatBuffer(count: 47 * 8)
    outputGradient.pointer.update(repeating: 5, count: outputGradient.count)
    let loss = LanguageModelHead(transformer).train(
      on: [], output: activations.output, scale: 1,
      outputGradient: outputGradient.matrix(rows: 47, columns: 8), gradients: gradients)
    #expect(loss == 0)
    for place in 0..<outputGradient.count { #expect(outputGradient.pointer[place] == 0) }
    #expect(LanguageModelHead(transformer).evaluate([], output: activations.output).isEmpty)
  }

  @Test func aBackwardPassLeavesTheOutputAlone() {
    let before = Rows(activations.output).all
    let gradient = FloatBuffer(count: 47 * 8)
    gradient.pointer.update(repeating: 1, count: gradient.count)
    let gradients = Parameters(transformer.layout)
    transformer.backward(
      outputGradient: gradient.matrix(rows: 47, columns: 8), batch, activations, into: gradients)
    #expect(Rows(activations.output).all == before)
    withExtendedLifetime(gradient) {}
  }
}
