import MLMTraining
import Testing

@Suite struct PretrainingKindsTests {
  private func withText(_ body: (_ folder: String, _ text: String) throws -> Void) throws {
    try withFolder { folder in
      try body(folder, try SampleText.write(SampleText.sentences(90), in: folder))
    }
  }

  @Test(arguments: Objective.allCases)
  func objectives(objective: Objective) throws {
    try withText { folder, text in
      let output = folder + "/out"
      _ = try SampleText.train(
        [text], output, SampleText.options { ($0.objective, $0.stepCount) = (objective, 5) })
      let model = try ModelDirectory(contentsOf: output)
      #expect(model.objective == objective.rawValue)
      #expect(model.configuration.attention == (objective == .nextWord ? .causal : .bidirectional))
      #expect(model.configuration.maximumLength == 40)
      if objective == .nextWord {
        _ = try TextGenerator(model).continuation(of: "the old")
        #expect(error(MLMError.self) { _ = try MaskPredictor(model) }?.code == .wrongModel)
      } else {
        _ = try MaskPredictor(model).candidates(for: "the [MASK]")
        #expect(error(MLMError.self) { _ = try TextGenerator(model) }?.code == .wrongModel)
      }
    }
  }

  @Test func goingOnFromAModel() throws {
    try withText { folder, text in
      let first = folder + "/first"
      _ = try SampleText.train([text], first, SampleText.options { $0.stepCount = 30 })
      var model = try ModelDirectory(contentsOf: first)
      model.sentencePooling = SentencePooling(
        pooling: .first, normalizesLength: false, maximumLength: 30)
      try model.write(to: first)
      var options = PretrainingOptions()
      (options.startingModel, options.stepCount, options.threadCount) = (first, 2, 1)
      options.batchTokens = 1000
      let run = try PretrainingRun(files: [text], output: folder + "/second", options: options)
      let start = try ModelDirectory(contentsOf: first)
      #expect(run.configuration == start.configuration)
      #expect(run.tokenizer.json == start.tokenizer.json)
      // The model reads 40 tokens; the default of 128 gives way.
      #expect(run.plan.sequenceLength == 40)
      let report = try #require(try run.advance())
      #expect(report.loss < 5)
      while try run.advance() != nil {}
      _ = try run.finish()
      let second = try ModelDirectory(contentsOf: folder + "/second")
      #expect(second.sentencePooling == model.sentencePooling)
      options.sequenceLength = 64
      let failure = error(TrainingError.self) {
        _ = try PretrainingRun(files: [text], output: folder + "/third", options: options)
      }
      #expect(failure?.code == .badOptions)
      #expect(!FileSystem.exists(folder + "/third"))
    }
  }

  @Test func budgetIsASteadyNumberOfSteps() throws {
    try withText { folder, text in
      let output = folder + "/budget"
      // A time so short that few steps fit on any machine.
      let options = SampleText.options { ($0.stepCount, $0.budget) = (nil, 0.05) }
      let run = try PretrainingRun(files: [text], output: output, options: options)
      let steps = run.plan.stepCount
      #expect((1...2000).contains(steps))
      while try run.advance() != nil {}
      #expect(try run.finish().stepCount == steps)
      let again = try SampleText.train(
        [text], folder + "/steps", SampleText.options { $0.stepCount = steps })
      #expect(try SampleText.weights(output) == again)
    }
  }

  @Test func tokenizerOfTheCallers() throws {
    try withText { folder, text in
      let first = folder + "/first"
      _ = try SampleText.train([text], first, SampleText.options { $0.stepCount = 1 })
      let run = try PretrainingRun(
        files: [text], output: folder + "/second",
        options: SampleText.options {
          ($0.tokenizerPath, $0.vocabularySize) = (first + "/tokenizer.json", nil)
        })
      #expect(try run.tokenizer.json == FileContents.read(first + "/tokenizer.json"))
    }
  }

  @Test func runThatDiverges() throws {
    try withText { folder, text in
      let run = try PretrainingRun(
        files: [text], output: folder + "/out",
        options: SampleText.options { $0.learningRate = 1e30 })
      let failure = error(TrainingError.self) { while try run.advance() != nil {} }
      #expect(failure?.code == .diverged)
      #expect(failure?.description.contains("step \(run.step + 1)") == true)
    }
  }

  /// The loss of a step is looked at before its update: what the last update does shows only at the end.
  @Test(arguments: [1e10, 3e38] as [Float])
  func runThatDivergesInItsLastStep(learningRate: Float) throws {
    try withText { folder, text in
      func train() throws {
        let run = try PretrainingRun(
          files: [text], output: folder + "/out",
          options: SampleText.options {
            ($0.learningRate, $0.stepCount, $0.warmup) = (learningRate, 1, 0)
          })
        while try run.advance() != nil {}
        let failure = error(TrainingError.self) { _ = try run.finish() }
        #expect(failure?.code == .diverged)
        #expect(failure?.description.contains("after step 1") == true)
        #expect(FileSystem.names(in: folder + "/out") == [".lock", "tokens"])
      }
      try train()
      #expect(FileSystem.names(in: folder) == ["corpus.txt"])
    }
  }

  @Test func epochsAndPresets() throws {
    try withText { folder, text in
      let run = try PretrainingRun(
        files: [text], output: folder + "/out",
        options: SampleText.options {
          ($0.stepCount, $0.epochs, $0.batchTokens) = (nil, 3, 600)
          ($0.layerCount, $0.width, $0.headCount, $0.preset) = (nil, nil, nil, .nano)
        })
      let sequences = run.plan.sequencesPerStep
      #expect(run.plan.stepCount % 3 == 0)
      #expect(run.configuration == Preset.nano.configuration(vocabularySize: 300).reading(40))
      // About as many tokens as asked for.
      let report = try #require(try run.advance())
      #expect(abs(report.tokenCount - 600) < 120)
      #expect(sequences > 10)
    }
  }
}

extension TransformerConfiguration {
  /// The same shape for sequences of other length.
  fileprivate func reading(_ length: Int) -> TransformerConfiguration {
    var shape = self
    shape.maximumLength = length
    shape.paddingToken = 0
    return shape
  }
}
