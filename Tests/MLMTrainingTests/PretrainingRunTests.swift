import MLMTraining
import Testing

@Suite struct PretrainingRunTests {
  /// Calls `body` with a folder and the path of a small text in it.
  private func withText(
    _ count: Int = 90, _ body: (_ folder: String, _ text: String) throws -> Void
  ) throws {
    try withFolder { folder in
      try body(folder, try SampleText.write(SampleText.sentences(count), in: folder))
    }
  }

  @Test func lossFallsAndTheModelOpens() throws {
    try withText { folder, text in
      let options = SampleText.options { ($0.objective, $0.maskRate) = (.masked, 0.3) }
      let run = try PretrainingRun(files: [text], output: folder + "/out", options: options)
      #expect(run.plan.stepCount == 12)
      #expect(run.configuration.width == 32)
      #expect(run.corpusDocumentCount == 90)
      let before = try #require(run.evaluate())
      var losses: [Double] = []
      while let report = try run.advance() {
        losses.append(report.loss)
        #expect(report.step == losses.count)
        #expect(report.tokenCount > 1500)
        #expect(report.gradientNorm.isFinite && report.gradientNorm > 0)
      }
      #expect(losses.count == 12)
      // A model that knows nothing is near ln 300 = 5.70.
      #expect(abs(losses[0] - 5.7) < 0.3)
      let first: Double = losses.prefix(3).reduce(0, +) / 3
      let last: Double = losses.suffix(3).reduce(0, +) / 3
      #expect(last < first - 0.2)
      let after = try #require(run.evaluate())
      #expect(after.crossEntropy < before.crossEntropy)
      let summary = try run.finish(card: { "\($0.stepCount) steps\n" })
      #expect(summary.stepCount == 12)
      #expect(summary.heldOutLoss == after.crossEntropy)
      #expect(summary.tokensPerSecond ?? 0 > 0)
      let model = try ModelDirectory(contentsOf: folder + "/out")
      #expect(model.objective == "mlm")
      #expect(try MaskPredictor(model).candidates(for: "the old [MASK]")[0].count == 5)
      #expect(
        FileSystem.names(in: folder + "/out") == [
          "1_Pooling", "2_Normalize", "README.md", "config.json",
          "config_sentence_transformers.json", "model.safetensors", "modules.json",
          "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json",
          "trainer_state.json",
        ])
      #expect(try FileContents.read(folder + "/out/README.md") == Array("12 steps\n".utf8))
    }
  }

  @Test(arguments: [1, 2, 3])
  func sameBytesAtAnyNumberOfThreads(threads: Int) throws {
    try withText { folder, text in
      let weights = try SampleText.train(
        [text], folder + "/out", SampleText.options { $0.threadCount = threads })
      #expect(try weights == SampleText.reference)
    }
  }

  @Test func otherSeedOtherBytes() throws {
    try withText { folder, text in
      let weights = try SampleText.train(
        [text], folder + "/out", SampleText.options { $0.seed = 2 })
      #expect(try weights != SampleText.reference)
    }
  }

  /// Steps where the run is left, and whether the options are given again.
  @Test(arguments: [(5, true), (5, false), (2, false), (11, true)])
  func resumedAsUninterrupted(step: Int, givesOptions: Bool) throws {
    try withText { folder, text in
      let output = folder + "/out"
      func begin() throws {
        let run = try PretrainingRun(
          files: [text], output: output, options: SampleText.options())
        for _ in 0..<step { _ = try run.advance() }
        try run.snapshot()
      }
      try begin()
      #expect(FileSystem.names(in: output) == ["checkpoint-\(step)", "tokens"])
      var options = PretrainingOptions()
      options.threadCount = 2
      if givesOptions { options = SampleText.options { $0.threadCount = 2 } }
      let run = try PretrainingRun(
        files: [text], output: output, options: options, existing: .resume)
      #expect(run.step == step)
      while try run.advance() != nil {}
      _ = try run.finish()
      #expect(try SampleText.weights(output) == SampleText.reference)
    }
  }

  @Test func muonGoesOnWhereItWasLeft() throws {
    try withText { folder, text in
      let options = SampleText.options { $0.optimizer = .muon }
      let whole = try SampleText.train([text], folder + "/whole", options)
      #expect(try whole != SampleText.reference)
      func begin() throws {
        let run = try PretrainingRun(files: [text], output: folder + "/out", options: options)
        for _ in 0..<5 { _ = try run.advance() }
        try run.snapshot()
      }
      try begin()
      var rest = PretrainingOptions()
      rest.threadCount = 2
      let run = try PretrainingRun(
        files: [text], output: folder + "/out", options: rest, existing: .resume)
      #expect(run.plan.optimizer == .muon)
      while try run.advance() != nil {}
      _ = try run.finish()
      #expect(try SampleText.weights(folder + "/out") == whole)
    }
  }

  @Test func leftBetweenSnapshots() throws {
    try withText { folder, text in
      let output = folder + "/out"
      let options = SampleText.options { $0.snapshotInterval = 3 }
      func begin() throws {
        let run = try PretrainingRun(files: [text], output: output, options: options)
        for _ in 0..<11 {
          _ = try run.advance()
          #expect(run.isSnapshotDue == (run.step % 3 == 0))
          if run.isSnapshotDue { try run.snapshot() }
          #expect(!run.isSnapshotDue)
        }
      }
      try begin()
      // The newest two are kept. What a killed process left half-written is no snapshot.
      #expect(FileSystem.names(in: output) == ["checkpoint-6", "checkpoint-9", "tokens"])
      try FileSystem.create(output + "/checkpoint-10")
      try FileContents.write([1, 2], to: output + "/checkpoint-10/optimizer.safetensors")
      try FileSystem.create(output + "/checkpoint-11.writing-99999")
      let run = try PretrainingRun(
        files: [text], output: output, options: options, existing: .resume)
      #expect(run.step == 9)
      while try run.advance() != nil {}
      _ = try run.finish()
      #expect(try SampleText.weights(output) == SampleText.reference)
    }
  }

  @Test func resumeWithNothingThereBegins() throws {
    try withText { folder, text in
      let weights = try SampleText.train(
        [text], folder + "/out", SampleText.options(), .resume)
      #expect(try weights == SampleText.reference)
    }
  }

  @Test func finishedRun() throws {
    try withText { folder, text in
      let output = folder + "/out"
      #expect(try PretrainingRun.finishedSummary(output: output) == nil)
      let options = SampleText.options { $0.stepCount = 4 }
      let run = try PretrainingRun(files: [text], output: output, options: options)
      while try run.advance() != nil {}
      #expect(try PretrainingRun.finishedSummary(output: output) == nil)
      let summary = try run.finish()
      #expect(try PretrainingRun.finishedSummary(output: output, options: options) == summary)
      let weights = try SampleText.weights(output)
      let contradiction = error(TrainingError.self) {
        _ = try PretrainingRun.finishedSummary(
          output: output, options: SampleText.options { $0.stepCount = 5 })
      }
      #expect(contradiction?.code == .badOptions)
      let otherShape = error(TrainingError.self) {
        _ = try PretrainingRun.finishedSummary(
          output: output, options: SampleText.options { ($0.stepCount, $0.layerCount) = (4, 2) })
      }
      #expect(otherShape?.description.contains("layers: stored 1, given 2") == true)
      let ownTokenizer = SampleText.options {
        ($0.stepCount, $0.vocabularySize, $0.tokenizerPath) = (4, nil, output + "/tokenizer.json")
      }
      #expect(try PretrainingRun.finishedSummary(output: output, options: ownTokenizer) == summary)
      let otherPath = folder + "/other.json"
      let trainer = try TokenizerTrainer(options: TrainingOptions(vocabularySize: 261))
      trainer.count("another text")
      try FileContents.write(trainer.train().json, to: otherPath)
      let otherTokenizer = error(TrainingError.self) {
        _ = try PretrainingRun.finishedSummary(
          output: output,
          options: SampleText.options {
            ($0.stepCount, $0.vocabularySize, $0.tokenizerPath) = (4, nil, otherPath)
          })
      }
      #expect(otherTokenizer?.description.contains("tokenizer") == true)
      let resumed = error(TrainingError.self) {
        _ = try PretrainingRun(files: [text], output: output, existing: .resume)
      }
      #expect(resumed?.code == .badOptions)
      let refused = error(FileError.self) {
        _ = try PretrainingRun(files: [text], output: output)
      }
      #expect(refused?.code == .exists)
      #expect(try SampleText.weights(output) == weights)
    }
  }

  @Test func overwriteKeepsTheOldModelUntilTheNewOneIsWhole() throws {
    try withText { folder, text in
      let output = folder + "/out"
      let options = SampleText.options { $0.stepCount = 3 }
      let old = try SampleText.train([text], output, options)
      func begin() throws {
        let run = try PretrainingRun(
          files: [text], output: output,
          options: SampleText.options { ($0.stepCount, $0.objective) = (3, .nextWord) },
          existing: .overwrite)
        _ = try run.advance()
        #expect(try SampleText.weights(output) == old)
        #expect(try ModelDirectory(contentsOf: output).objective == "hybrid")
      }
      // Left in the middle: the old model is still there.
      try begin()
      #expect(try SampleText.weights(output) == old)
      _ = try ModelDirectory(contentsOf: output)
      let new = try SampleText.train(
        [text], output, SampleText.options { ($0.stepCount, $0.objective) = (3, .nextWord) },
        .overwrite)
      #expect(new != old)
      #expect(try ModelDirectory(contentsOf: output).objective == "clm")
      #expect(!FileSystem.exists(output + "/tokens"))
    }
  }

  @Test func oneRunAtATime() throws {
    try withText { folder, text in
      let output = folder + "/out"
      let options = SampleText.options { $0.stepCount = 2 }
      let run = try PretrainingRun(files: [text], output: output, options: options)
      for existing in [PretrainingRun.Existing.refuse, .resume, .overwrite] {
        let failure = error(TrainingError.self) {
          _ = try PretrainingRun(
            files: [text], output: output, options: options, existing: existing)
        }
        #expect(failure?.code == .locked)
      }
      while try run.advance() != nil {}
      _ = try run.finish()
      _ = try ModelDirectory(contentsOf: output)
    }
  }
}
