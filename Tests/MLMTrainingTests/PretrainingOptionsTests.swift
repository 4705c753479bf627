import MLMTraining
import Testing

@Suite struct PretrainingOptionsTests {
  /// Changes that no run can follow.
  private static let bad: [(String, @Sendable (inout PretrainingOptions) -> Void)] = [
    ("threads", { $0.threadCount = 0 }), ("steps", { $0.stepCount = 0 }),
    ("steps", { $0.stepCount = .max }), ("batch tokens", { $0.batchTokens = 0 }),
    ("batch tokens", { $0.batchTokens = .max }), ("sequence length", { $0.sequenceLength = 7 }),
    ("sequence length", { ($0.sequenceLength, $0.maximumLength) = (64, 32) }),
    ("sequence length", { ($0.sequenceLength, $0.maximumLength) = (513, nil) }),
    ("layers", { $0.layerCount = 0 }), ("width", { $0.width = -2 }),
    ("heads", { $0.headCount = 0 }), ("vocabulary size", { $0.vocabularySize = 260 }),
    ("snapshot", { $0.snapshotInterval = -1 }), ("warmup", { $0.warmup = 1 }),
    ("dropout", { $0.dropout = -0.1 }), ("dropout", { $0.dropout = .nan }),
    ("next-word share", { $0.nextWordShare = 1 }), ("mask rate", { $0.maskRate = 0 }),
    ("mask rate", { $0.maskRate = 1 }),
    ("epochs", { ($0.stepCount, $0.epochs) = (nil, 0) }),
    ("epochs", { ($0.stepCount, $0.epochs) = (nil, 1e300) }),
    ("budget", { ($0.stepCount, $0.budget) = (nil, .infinity) }),
    ("budget", { ($0.stepCount, $0.budget) = (nil, 1e300) }),
    ("learning rate", { $0.learningRate = 0 }), ("learning rate", { $0.learningRate = .nan }),
    ("weight decay", { $0.weightDecay = -1 }), ("steps, epochs", { $0.epochs = 2 }),
    ("epochs and budget", { $0.budget = 2 }), ("tokenizer", { $0.tokenizerPath = "t.json" }),
    ("shape", { $0.startingModel = "m" }),
  ]

  @Test(arguments: bad.indices)
  func badOptions(index: Int) throws {
    let (name, change) = Self.bad[index]
    let options = SampleText.options(change)
    let failure = error(TrainingError.self) { try options.validate() }
    #expect(failure?.code == .badOptions)
    #expect(failure?.description.contains(name) == true, "\(failure.map(\.description) ?? "none")")
  }

  @Test func goodOptions() throws {
    try PretrainingOptions().validate()
    try SampleText.options().validate()
    try SampleText.options { ($0.stepCount, $0.budget, $0.dropout) = (nil, 1, 0) }.validate()
  }

  /// Changes that contradict a run begun with ``SampleText/options(_:)``.
  private static let contradictions: [(String, @Sendable (inout PretrainingOptions) -> Void)] = [
    ("objective", { $0.objective = .nextWord }), ("next-word share", { $0.nextWordShare = 0.7 }),
    ("mask rate", { $0.maskRate = 0.2 }),
    ("steps", { $0.stepCount = 13 }), ("batch tokens", { $0.batchTokens = 512 }),
    ("sequence length", { $0.sequenceLength = 25 }), ("learning rate", { $0.learningRate = 1e-3 }),
    ("warmup", { $0.warmup = 0.5 }), ("weight decay", { $0.weightDecay = 0.5 }),
    ("dropout", { $0.dropout = 0.3 }), ("seed", { $0.seed = 9 }),
    ("optimizer", { $0.optimizer = .muon }),
    ("layers", { $0.layerCount = 2 }), ("width", { $0.width = 64 }),
    ("heads", { $0.headCount = 4 }), ("maximum length", { $0.maximumLength = 64 }),
    ("layers", { ($0.preset, $0.layerCount) = (.nano, nil) }),
    ("epochs", { ($0.stepCount, $0.epochs) = (nil, 50) }),
    ("vocabulary size", { $0.vocabularySize = 301 }),
    ("budget", { ($0.stepCount, $0.budget) = (nil, 5) }),
    ("documents", { $0.boundary = .paragraph }), ("text field", { $0.textField = "text" }),
    (
      "model to go on from",
      {
        ($0.startingModel, $0.vocabularySize) = ("m", nil)
        ($0.layerCount, $0.width, $0.headCount) = (nil, nil, nil)
      }
    ),
  ]

  @Test func contradictionsAreRefused() throws {
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      let output = folder + "/out"
      func begin() throws {
        let run = try PretrainingRun(
          files: [text], output: output, options: SampleText.options())
        _ = try run.advance()
        try run.snapshot()
      }
      try begin()
      let before = FileSystem.names(in: output)
      for (name, change) in Self.contradictions {
        let failure = error(TrainingError.self) {
          _ = try PretrainingRun(
            files: [text], output: output, options: SampleText.options(change),
            existing: .resume)
        }
        #expect(failure?.code == .badOptions, "\(name)")
        #expect(failure?.description.contains("\(name): stored") == true, "\(name)")
        #expect(FileSystem.names(in: output) == before)
      }
      // Another text is another run.
      let other = try SampleText.write(SampleText.sentences(89), in: folder, as: "other.txt")
      let failure = error(TrainingError.self) {
        _ = try PretrainingRun(
          files: [other], output: output, options: SampleText.options(), existing: .resume)
      }
      #expect(failure?.code == .badOptions)
    }
  }

  @Test func fineTuningOptions() throws {
    let bad: [(inout FineTuningOptions) -> Void] = [
      { $0.epochs = 0 }, { $0.epochs = .max }, { $0.batchSize = 0 }, { $0.batchSize = .max },
      { $0.maximumLength = 2 }, { $0.threadCount = 0 }, { $0.learningRate = -1 },
      { $0.learningRate = .infinity }, { $0.warmup = 1 }, { $0.dropout = 1 },
      { $0.weightDecay = -1 },
    ]
    for change in bad {
      var options = FineTuningOptions()
      change(&options)
      #expect(error(TrainingError.self) { try options.validate() }?.code == .badOptions)
    }
    try FineTuningOptions().validate()
  }
}
