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
    .small(.languageModel, short(Switches.bert)), .small(.languageModel, Switches.modern),
    .small(.replacedTokens, short(Switches.electra)),
    .small(.classification(classCount: 3), pooling: .first, short(Switches.electra)),
    .small(.languageModel, short(Switches.mixed)),
  ])
  func everyNumberMoves(_ description: ModelDescription) {
    let parameters = Parameters(description.layout)
    parameters.initialize(seed: 1)
    let before = parameters.copy()
    let gradients = Parameters(description.layout)
    let model = SmallModel(description, parameters: parameters)
    // Every token occurs, as the embedding of one that does not has no gradient below a classifier;
    // at the start of a sequence, where pooling the first row looks for it, and inside.
    var batch = Batch()
    for token: Int32 in 0..<13 {
      batch.append([token, token * 5 % 13, 7, 2], types: [0, 1, 1, 0])
    }
    let goal: SmallModel.Goal =
      switch description.head {
      case .classification(let classCount): .classes((0..<13).map { Int32($0 * 3 % classCount) })
      case .replacedTokens: .replaced((0..<52).map { $0 % 5 == 0 })
      default: .tokens((0..<51).map { .init(row: $0, token: batch.ids[Int($0) + 1]) })
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
      // A key's bias adds the same to all scores of a place, which softmax does not see.
      let keys = slot.name.hasSuffix("query_key_value.bias") ? 8..<16 : 0..<0
      let still = (0..<slot.count).count { place in
        parameters.values(index)[place] == before.values(index)[place] && !keys.contains(place)
      }
      #expect(still == 0, "\(still) of \(slot.count) numbers of \(slot.name) have not moved")
    }
  }

  /// As many positions as the batch has, so that each moves.
  private static func short(_ change: @escaping Switches.Change) -> Switches.Change {
    { shape in
      change(&shape)
      shape.positions = .learned(count: 4, padding: nil)
      shape.maximumLength = 4
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
