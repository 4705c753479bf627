import MLM
import MLMModel
import MLMNumerics

/// Fixes everything that decides what a run computes, before its first step.
struct PretrainingPlanner {
  let options: PretrainingOptions
  let corpus: PretrainingCorpus
  let parameterCount: Int
  /// Tokens of the longest sequence the model accepts.
  let maximumLength: Int
  /// When the run was opened: what passes before the first step counts towards a budget.
  let start: ContinuousClock.Instant

  private var sequenceLength: Int {
    options.sequenceLength ?? min(PretrainingDefaults.sequenceLength, maximumLength)
  }

  private var precision: Precision { options.precision ?? .fastest }

  private var seed: UInt64 { options.seed ?? PretrainingDefaults.seed }

  /// The sequences of each step of a plan.
  func batches(_ plan: PretrainingPlan) -> BatchSource {
    BatchSource(
      shards: corpus.shards, index: index(sequenceLength: plan.sequenceLength),
      sequencesPerStep: plan.sequencesPerStep, seed: plan.seed,
      startID: corpus.tokenizer.startID, endID: corpus.tokenizer.endID)
  }

  private func index(sequenceLength: Int) -> SequenceIndex {
    SequenceIndex(
      tokenCounts: (0..<corpus.shards.documentCount).map(corpus.shards.tokenCount(ofDocument:)),
      sequenceLength: sequenceLength)
  }

  /// The plan; where a budget was given, after measuring how long steps take.
  ///
  /// - Throws: ``TrainingError`` with code `corpusTooSmall`.
  func plan(
    measuring description: ModelDescription, _ threads: Threads,
    _ progress: (PretrainingRun.Preparation) throws -> Void
  ) throws -> PretrainingPlan {
    let tokens = corpus.shards.tokenCount
    guard tokens >= sequenceLength else {
      throw TrainingError(
        .corpusTooSmall,
        "\(corpus.source.names): the text is shorter than one sequence: expected at least "
          + "\(sequenceLength) tokens beside what is held out, found \(tokens)"
      )
    }
    var plan = draft(sequenceCount: index(sequenceLength: sequenceLength).sequenceCount)
    if let budget = options.budget {
      try progress(PretrainingRun.Preparation(stage: "measuring the speed", share: nil))
      let seconds = try secondsPerStep(of: plan, description, threads)
      let left = budget - start.duration(to: .now).inSeconds
      plan.stepCount = max(1, Int(left / max(seconds, 1e-6)))
      plan.snapshotInterval = snapshotInterval(stepCount: plan.stepCount)
      // What depends on the count is chosen again: the same count given as --steps makes the same model.
      plan.dropout = dropout(stepCount: plan.stepCount, stepsPerEpoch: plan.stepsPerEpoch)
    }
    return plan
  }

  private func draft(sequenceCount: Int) -> PretrainingPlan {
    let tokens = corpus.shards.tokenCount
    let batchTokens = options.batchTokens ?? PretrainingDefaults.batchTokens(corpusTokens: tokens)
    let meanLength = Double(tokens + 2 * sequenceCount) / Double(sequenceCount)
    let sequencesPerStep = max(1, Int((Double(batchTokens) / meanLength).rounded()))
    let stepsPerEpoch = max(1, (sequenceCount + sequencesPerStep - 1) / sequencesPerStep)
    let stepCount =
      options.stepCount
      ?? options.epochs.map { max(1, Int(($0 * Double(stepsPerEpoch)).rounded())) }
      ?? PretrainingDefaults.stepCount(
        corpusTokens: tokens, parameterCount: parameterCount, stepsPerEpoch: stepsPerEpoch)
    return PretrainingPlan(
      objective: options.objective ?? .hybrid,
      maskRate: options.maskRate.map(MaskRate.init(_:)) ?? .falling,
      nextWordShare: options.nextWordShare ?? PretrainingDefaults.nextWordShare,
      stepCount: stepCount, budget: options.budget, stepsPerEpoch: stepsPerEpoch,
      startingModel: options.startingModel, boundary: corpus.source.boundary,
      textField: corpus.source.textField, vocabularySize: vocabularySize,
      batchTokens: batchTokens, sequencesPerStep: sequencesPerStep, sequenceLength: sequenceLength,
      optimizer: options.optimizer ?? .adamW,
      schedule: LearningRateSchedule(
        peak: options.learningRate ?? PretrainingDefaults.learningRate,
        warmup: options.warmup ?? PretrainingDefaults.warmup),
      weightDecay: options.weightDecay ?? PretrainingDefaults.weightDecay,
      gradientClip: PretrainingDefaults.gradientClip,
      dropout: dropout(stepCount: stepCount, stepsPerEpoch: stepsPerEpoch),
      precision: precision, snapshotInterval: snapshotInterval(stepCount: stepCount), seed: seed)
  }

  private func dropout(stepCount: Int, stepsPerEpoch: Int) -> Float {
    options.dropout
      ?? PretrainingDefaults.dropout(stepCount: stepCount, stepsPerEpoch: stepsPerEpoch)
  }

  private func snapshotInterval(stepCount: Int) -> Int {
    options.snapshotInterval ?? max(20, stepCount / 10)
  }

  private var vocabularySize: Int? {
    guard options.tokenizerPath == nil, options.startingModel == nil else { return nil }
    return options.vocabularySize
      ?? PretrainingDefaults.vocabularySize(corpusBytes: corpus.byteCount)
  }

  /// The mean time of a step, over a run of twenty on weights that are thrown away: it has the phases
  /// of the real one in their proportions.
  private func secondsPerStep(
    of plan: PretrainingPlan, _ description: ModelDescription, _ threads: Threads
  ) throws -> Double {
    let transformer = Transformer(
      description.transformer, parameters: Parameters(description.layout),
      processor: .current(plan.precision))
    transformer.parameters.initialize(seed: plan.seed)
    var probe = plan
    probe.stepCount = 20
    let stepper = PretrainingStep(
      plan: probe,
      optimization: Optimization(transformer, optimizer: plan.optimizer, threads: threads),
      batches: batches(probe), tokenizer: corpus.tokenizer)
    // The first steps load caches and start threads.
    for step in 1...3 { _ = try stepper.run(step: step) }
    let reports = try (1...probe.stepCount).map(stepper.run(step:))
    return reports.reduce(0) { $0 + $1.seconds } / Double(reports.count)
  }
}
