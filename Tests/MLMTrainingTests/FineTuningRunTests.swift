import MLMModel
import MLMTraining
import Testing

@Suite struct FineTuningRunTests {
  @Test func singleLabel() throws {
    let held = ToyLabels.texts(60, seed: 2)
    let (run, evaluations) = try ToyLabels.train(ToyLabels.texts(120), held)
    #expect(run.stepCount == 12 * 8)
    #expect(run.epochCount == 12)
    #expect(run.epoch == 12)
    #expect(evaluations.count == 12)
    #expect(run.bestEvaluation?.accuracy == 1)
    #expect(run.bestEvaluation?.macroF1 == 1)
    let classifier = try TextClassifier(run.best, threadCount: 1)
    #expect(classifier.labels == ["neg", "neu", "pos"])
    #expect(classifier.predict("the film was superb").label == "pos")
    #expect(classifier.predict("her acting seemed awful").label == "neg")
    try withFolder { folder in
      try run.best.write(to: folder + "/model")
      let read = try ModelDirectory(contentsOf: folder + "/model")
      #expect(
        try ClassificationEvaluation(of: read, on: held, threadCount: 2) == run.bestEvaluation)
    }
  }

  @Test(arguments: [Pooling.first, .max])
  func otherPooling(pooling: Pooling) throws {
    let (run, _) = try ToyLabels.train(
      ToyLabels.texts(120), ToyLabels.texts(60, seed: 2), ToyLabels.options { $0.pooling = pooling }
    )
    #expect(run.bestEvaluation?.accuracy ?? 0 > 0.95)
  }

  @Test func multiLabel() throws {
    // Every negative text and some positive ones have a second label.
    let names = ["friend|neg", "neu", "pos", "friend|pos"]
    func dataset(_ count: Int, _ seed: UInt64) -> LabelledDataset {
      let texts = ToyLabels.texts(count, seed: seed)
      let examples = texts.examples.map { example in
        var example = example
        let isFriend = example.text.starts(with: "my friend".utf8)
        example.label = [0: 0, 1: 1, 2: isFriend ? 3 : 2][example.label] ?? 0
        return example
      }
      return LabelledDataset(name: "toy", labels: names, examples: examples)
    }
    let (run, _) = try ToyLabels.train(
      dataset(120, 1), dataset(60, 2),
      ToyLabels.options { ($0.task, $0.epochs) = (.multi, 16) })
    let best = try #require(run.bestEvaluation)
    #expect(best.labels.map(\.name) == ["friend", "neg", "neu", "pos"])
    #expect(best.accuracy == 1)
    let prediction = try TextClassifier(run.best, threadCount: 1).predict(
      "my friend called the music superb")
    #expect(prediction.labels == ["friend", "pos"])
  }

  @Test func regression() throws {
    func dataset(_ count: Int, _ seed: UInt64) -> LabelledDataset {
      ToyLabels.relabelled(ToyLabels.texts(count, seed: seed), ["-1", "0.5", "2"]) { example, _ in
        example.label
      }
    }
    let (run, _) = try ToyLabels.train(
      dataset(120, 1), dataset(60, 2), ToyLabels.options { $0.task = .regression })
    let best = try #require(run.bestEvaluation)
    #expect(best.loss < 0.05)
    #expect(best.correlation ?? 0 > 0.98)
    #expect(best.labels.isEmpty)
    let classifier = try TextClassifier(run.best, threadCount: 1)
    #expect(abs(classifier.predict("the film was superb").scores[0] - 2) < 0.5)
  }

  @Test func pairs() throws {
    // Whether the second text is negative: what stands in the first does not tell.
    func dataset(_ count: Int, _ seed: UInt64) -> LabelledDataset {
      let first = ToyLabels.texts(count, seed: seed + 10).examples
      let second = ToyLabels.texts(count, labels: ["neg", "pos"], seed: seed).examples
      return LabelledDataset(
        name: "toy", labels: ["no", "yes"],
        examples: zip(first.reversed(), second).map { a, b in
          LabelledText(
            label: b.label, text: Array("day \(a.line)".utf8), secondText: b.text, line: b.line)
        })
    }
    let (run, _) = try ToyLabels.train(dataset(120, 1), dataset(60, 2))
    #expect(run.bestEvaluation?.accuracy == 1)
    let prediction = try TextClassifier(run.best, threadCount: 1).predictions(
      for: [("day 5", "the film was dull"), ("day 5", "the film was fine")])
    #expect(prediction.map(\.label) == ["no", "yes"])
  }

  @Test func bestEpochIsKept() throws {
    // Validation wants the opposite of what is taught, so it gets worse as training goes on.
    let labels = ["neg", "pos"]
    let training = ToyLabels.texts(64, labels: labels)
    let validation = ToyLabels.relabelled(ToyLabels.texts(40, labels: labels, seed: 2), labels) {
      example, _ in 1 - example.label
    }
    let (run, evaluations) = try ToyLabels.train(training, validation)
    let best = try #require(run.bestEvaluation)
    #expect(evaluations.last?.accuracy == 0)
    #expect(best != evaluations.last)
    for evaluation in evaluations {
      #expect((best.accuracy, -best.loss) >= (evaluation.accuracy, -evaluation.loss))
    }
    #expect(try ClassificationEvaluation(of: run.best, on: validation, threadCount: 1) == best)
    #expect(
      try ClassificationEvaluation(of: run.current, on: validation, threadCount: 1)
        == evaluations.last)
  }

  @Test func weightsThatOverflowAreAnError() throws {
    let examples = ToyLabels.texts(30)
    let run = try FineTuningRun(
      try ToyLabels.model, on: examples, validation: examples,
      options: ToyLabels.options {
        ($0.epochs, $0.batchSize, $0.warmup, $0.learningRate) = (1, 1000, 0, 3e38)
      })
    // The loss of the only step is from before the update.
    #expect(try run.advance()?.loss.isFinite == true)
    #expect(run.isEpochComplete)
    let failure = error(TrainingError.self) { try run.validate() }
    #expect(failure?.code == .diverged)
    #expect(failure?.description.contains("--learning-rate") == true)
    #expect(run.bestEvaluation == nil)
  }

  @Test func threadsDoNotMatter() throws {
    func weights(_ threads: Int) throws -> [UInt32] {
      // 200 texts of eight tokens or more are two pieces.
      let (run, _) = try ToyLabels.train(
        ToyLabels.texts(200), ToyLabels.texts(20, seed: 2),
        ToyLabels.options { ($0.epochs, $0.batchSize, $0.threadCount) = (3, 200, threads) })
      return bits(run.current)
    }
    let one = try weights(1)
    #expect(try weights(2) == one)
    #expect(try weights(3) == one)
  }

  @Test func startingPoint() throws {
    let model = try ToyLabels.model
    func start(_ change: (inout FineTuningOptions) -> Void) throws -> ModelDirectory {
      try FineTuningRun(
        model, on: ToyLabels.texts(30), validation: ToyLabels.texts(12, seed: 2),
        options: ToyLabels.options(change)
      ).current
    }
    func slot(_ model: ModelDirectory, _ name: String) throws -> [Float] {
      let index = try #require(model.parameters.layout.slots.firstIndex { $0.name == name })
      return Array(model.parameters.values(index))
    }
    let pretrained = try start { _ in }
    let scratch = try start { $0.startsFromScratch = true }
    for name in ["embedding.token", "layer.0.attention.query_key_value", "head.dense"] {
      #expect(try slot(pretrained, name) == slot(model, name))
      #expect(try slot(scratch, name) != slot(model, name))
    }
    #expect(try slot(pretrained, "head.classifier.weight").contains { $0 != 0 })
    // A model's own weights are never written to.
    let before = bits(model)
    _ = try ToyLabels.train(ToyLabels.texts(30), ToyLabels.texts(12, seed: 2))
    #expect(bits(model) == before)
    let other = try start { $0.seed = 2 }
    #expect(try slot(other, "head.classifier.weight") != slot(pretrained, "head.classifier.weight"))
  }

  @Test func dataThatDoesNotFit() throws {
    let model = try ToyLabels.model
    let training = ToyLabels.texts(30, labels: ["neg", "pos"])
    // The default of 256 tokens is more than the model reads.
    let tooLong = error(TrainingError.self) {
      _ = try FineTuningRun(model, on: training, validation: training)
    }
    #expect(tooLong?.code == .badOptions)
    func open(
      _ training: LabelledDataset, _ validation: LabelledDataset, _ task: ClassificationTask
    ) -> DataError? {
      error(DataError.self) {
        _ = try FineTuningRun(
          model, on: training, validation: validation,
          options: ToyLabels.options { $0.task = task })
      }
    }
    let stranger = open(training, ToyLabels.texts(9), .single)
    #expect(stranger?.code == .unknownLabel)
    #expect(stranger?.line == 2)
    #expect(open(training, training, .regression)?.code == .badLabel)
    let nothing = LabelledDataset(name: "toy", labels: ["neg", "pos"], examples: [])
    #expect(open(nothing, training, .single)?.code == .empty)
  }

  private func bits(_ model: ModelDirectory) -> [UInt32] {
    let storage = model.parameters.storage
    return (0..<storage.count).map { storage.pointer[$0].bitPattern }
  }
}
