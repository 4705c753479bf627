import MLMModel
import MLMNumerics
import Testing

/// A training step from freshly drawn weights reaches every parameter.
@Suite struct TrainingMovesTests {
  @Test(arguments: [
    ModelDescription.small(.languageModel), .small(.languageModel, attention: .causal),
    .small(.classification(classCount: 3)),
    .small(.classification(classCount: 2), pooling: .first),
    .small(.classification(classCount: 4), pooling: .max),
  ])
  func everyNumberMoves(_ description: ModelDescription) {
    let parameters = Parameters(description.layout)
    parameters.initialize(seed: 1)
    let before = parameters.copy()
    let gradients = Parameters(description.layout)
    let model = SmallModel(description, parameters: parameters)
    // Every token occurs, as the embedding of one that does not has no gradient below a classifier;
    // at the start of a sequence, where pooling the first row looks for it, and inside.
    let batch = Batch((0..<13).map { token in [Int32(token), Int32(token * 5 % 13), 7, 2] })
    let goal: SmallModel.Goal =
      if case .classification(let classCount) = description.head {
        .classes((0..<13).map { Int32($0 * 3 % classCount) })
      } else {
        .tokens((0..<51).map { .init(row: $0, token: batch.ids[Int($0) + 1]) })
      }
    _ = model.train(batch, goal, scale: 1 / Float(goal.count), into: gradients)
    let optimizer = AdamW(learningRate: 1e-2)
    let (first, second) = (Parameters(description.layout), Parameters(description.layout))
    for (index, slot) in description.layout.slots.enumerated() {
      #expect(gradients.values(index).contains { $0 != 0 }, "no gradient of \(slot.name)")
      optimizer.step(
        parameters: parameters.vector(index), gradients: gradients.vector(index),
        firstMoment: first.vector(index), secondMoment: second.vector(index), count: slot.count,
        step: 1, decays: false)
      let still = zip(parameters.values(index), before.values(index)).count { $0 == $1 }
      #expect(still == 0, "\(still) of \(slot.count) numbers of \(slot.name) have not moved")
    }
  }

  @Test func lossFallsOnTheSameBatch() {
    let description = ModelDescription.small(.languageModel)
    let parameters = Parameters(description.layout)
    parameters.initialize(seed: 2)
    let model = SmallModel(description, parameters: parameters)
    let batch = Batch.drawn([6, 5, 7], vocabularySize: 13, seed: 8)
    let goal = SmallModel.Goal.tokens([1, 4, 8, 12, 15].map { .init(row: $0, token: $0 % 13) })
    let optimizer = AdamW(learningRate: 1e-2)
    let gradients = Parameters(description.layout)
    let (first, second) = (Parameters(description.layout), Parameters(description.layout))
    var losses: [Double] = []
    for step in 1...60 {
      gradients.setToZero()
      losses.append(model.train(batch, goal, scale: 0.2, into: gradients) / 5)
      optimizer.step(
        parameters: parameters.storage.pointer, gradients: gradients.storage.pointer,
        firstMoment: first.storage.pointer, secondMoment: second.storage.pointer,
        count: parameters.storage.count, step: step, decays: false)
    }
    // Untrained, all 13 tokens are about equally likely.
    #expect(abs((losses.first ?? 0) - 2.565) < 0.05)
    #expect((losses.last ?? 9) < 0.1)
  }
}
