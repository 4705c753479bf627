import MLM
import MLMData
import MLMModel
import MLMNumerics
import MLMText

extension PretrainingRun {
  /// What to do where the output directory holds something already.
  public enum Existing: Sendable {
    /// Throw.
    case refuse
    /// Go on from the newest whole snapshot; start where the directory is missing or empty, or a run
    /// ended in it before its first snapshot. Throw where it holds anything else.
    case resume
    /// Start anew; a finished model stays until the new one replaces it.
    case overwrite
  }

  /// What opening a run is busy with.
  public struct Preparation: Sendable {
    /// What is being done: reading, training the tokenizer, tokenizing, measuring the speed.
    public let stage: String
    /// The share done, where it is known.
    public let share: Double?
  }

  /// Opens a run: reads the text, trains a tokenizer where none is given, tokenizes, and fixes the plan.
  ///
  /// - Parameters:
  ///   - files: Text files.
  ///   - output: The directory to make.
  ///   - options: What is asked for.
  ///   - existing: What to do where the directory exists.
  ///   - progress: Told what is being done; what it throws ends the preparation.
  /// - Throws: ``TrainingError``, `DataError`, `FileError`, ``ModelError`` or `TokenizerError`; a
  ///   directory that was made for the run is removed again.
  public convenience init(
    files: [String], output: String, options: PretrainingOptions = PretrainingOptions(),
    existing: Existing = .refuse, progress: (Preparation) throws -> Void = { _ in }
  ) throws {
    let start = ContinuousClock.now
    try options.validate()
    // Before the directory is made: a file that is not there leaves no trace.
    for file in files { _ = try FileSystem.size(file) }
    let kind: RunDirectory.Existing =
      switch existing {
      case .refuse: .refuse
      case .resume: .resume
      case .overwrite: .overwrite
      }
    let directory = try RunDirectory(output, existing: kind)
    let threads = Threads(count: options.threadCount ?? Threads.defaultCount)
    var skipped: [String] = []
    let snapshot =
      existing == .resume ? try Self.snapshot(in: directory, options, skipped: &skipped) : nil
    func report(_ stage: PretrainingCorpus.Stage, _ done: Int = 0, of total: Int = 0) throws {
      let share = total > 0 ? min(1, Double(done) / Double(total)) : nil
      try progress(Preparation(stage: stage.rawValue, share: share))
    }
    let source = TextSource(files: files, options, plan: snapshot?.state.plan)
    let fileBytes = try source.byteCount()
    try report(.reading)
    let survey = try CorpusSurvey(source) { try report(.reading, $0, of: fileBytes) }
    if let snapshot { try Self.check(survey, against: snapshot.state, snapshot.path) }
    let starting =
      try snapshot?.model
      ?? options.startingModel.map(
        ModelDirectory.init(contentsOf:))
    // A foreign tokenizer may lack one that training needs.
    if let starting {
      try starting.tokenizer.requireSpecialTokens(name: "the model to start from")
      try starting.requireFiniteWeights()
    }
    let tokenizer = try Self.tokenizer(options, starting, source, survey, threads, report)
    let description = try Self.description(
      options, plan: snapshot?.state.plan, starting, corpusBytes: survey.byteCount, tokenizer)
    if let sequenceLength = options.sequenceLength {
      try options.check(sequenceLength, fits: description.transformer.maximumLength)
    }
    try MemoryNeed(
      description.layout, threadCount: threads.count, hasStartingModel: starting != nil,
      isMeasured: options.budget != nil && snapshot == nil
    ).check()
    switch existing {
    case .refuse: break
    case .resume: directory.removeUnfinished()
    case .overwrite: directory.removeLeftovers(keepingTokens: true)
    }
    let corpus = try PretrainingCorpus(
      source, survey, tokenizer: tokenizer,
      directory: PretrainingCorpus.directory(ofRun: output), threads: threads
    ) { try report(.tokenizing, $0, of: fileBytes) }
    if let snapshot, snapshot.state.corpusChecksum != corpus.checksum {
      throw TrainingError(
        .badSnapshot,
        "\(snapshot.path): the tokens of the text are not those this run began with; use --overwrite "
          + "to start anew")
    }
    // What reading and tokenizing freed would stay with the process all through training.
    FreedMemory.giveBack()
    let transformer = Transformer(
      description.transformer, parameters: Parameters(description.layout),
      processor: .current(snapshot?.state.plan.precision ?? options.precision ?? .fastest))
    try Self.setWeights(
      of: transformer, from: starting, seed: snapshot?.state.plan.seed ?? options.seed)
    let planner = PretrainingPlanner(
      options: options, corpus: corpus, parameterCount: transformer.layout.parameterCount,
      maximumLength: description.transformer.maximumLength, start: start)
    let plan = try snapshot?.state.plan ?? planner.plan(measuring: description, threads, progress)
    let optimization = Optimization(
      transformer, optimizer: plan.optimizer, threads: threads)
    if let snapshot { try OptimizerFile.read(into: optimization, directory: snapshot.path) }
    let stepper = PretrainingStep(
      plan: plan, optimization: optimization, batches: planner.batches(plan),
      tokenizer: tokenizer)
    self.init(
      plan: plan, directory: directory, corpus: corpus, description: description,
      sentencePooling: Self.sentencePooling(of: starting, description),
      stepper: stepper, step: snapshot?.state.step ?? 0, skippedSnapshots: skipped)
  }

  private static func description(
    _ options: PretrainingOptions, plan: PretrainingPlan?, _ starting: ModelDirectory?,
    corpusBytes: Int, _ tokenizer: Tokenizer
  ) throws(ModelError) -> ModelDescription {
    let objective = plan?.objective ?? options.objective ?? .hybrid
    var shape: TransformerConfiguration
    if let starting {
      shape = starting.configuration
    } else {
      let preset = options.preset ?? PretrainingDefaults.preset(corpusBytes: corpusBytes)
      shape = preset.configuration(vocabularySize: tokenizer.vocabularySize)
      // What the directory will say: as in PyTorch, padding that stands in a text is not learned from.
      shape.paddingToken = tokenizer.paddingID < 0 ? nil : tokenizer.paddingID
      shape.layerCount = options.layerCount ?? shape.layerCount
      if let width = options.width {
        shape.width = width
        // Three halves of the width, as in every preset.
        shape.feedForwardWidth = width * 3 / 2
      }
      shape.headCount = options.headCount ?? shape.headCount
      shape.maximumLength = options.maximumLength ?? PretrainingDefaults.maximumLength
    }
    let family = starting?.description.family ?? .modernBERT
    guard objective != .nextWord || family.hasDecoder else {
      throw ModelError(
        .unsupported, "objective", "\(family.rawValue) has no class that reads from left to right")
    }
    shape.attention = objective == .nextWord ? .causal : .bidirectional
    try shape.validate()
    return ModelDescription(
      transformer: shape, head: .languageModel,
      family: family, objective: objective.rawValue)
  }

  /// How the model to start from makes embeddings, where it sees what it will see.
  private static func sentencePooling(
    of starting: ModelDirectory?, _ description: ModelDescription
  ) -> SentencePooling {
    guard let starting, starting.configuration.attention == description.transformer.attention
    else { return SentencePooling() }
    return starting.sentencePooling
  }

  private static func setWeights(
    of transformer: Transformer, from starting: ModelDirectory?, seed: UInt64?
  ) throws {
    let parameters = transformer.parameters
    let seed = seed ?? PretrainingDefaults.seed
    guard let starting else {
      parameters.initialize(seed: seed)
      return
    }
    // A model without a language-model head, such as a classifier, gets a new one.
    let missing = parameters.copyShared(from: starting.parameters)
    parameters.initialize(seed: seed, only: Set(missing))
  }
}
