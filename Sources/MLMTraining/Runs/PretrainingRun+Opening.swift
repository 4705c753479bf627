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
    /// Go on from the newest snapshot, or start where there is none.
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
    try options.validate()
    let source = PretrainingCorpus.Source(
      files: files, boundary: options.boundary ?? .line, textField: options.textField,
      isStrict: options.isStrict)
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
    var snapshot: (state: TrainerState, path: String)?
    if existing == .resume {
      if let state = try TrainerState(directory: output), state.isFinished {
        throw TrainingError(
          .badOptions, "\(output): the run is finished; there is nothing to resume")
      }
      if let newest = directory.snapshots.first,
        let state = try TrainerState(directory: newest.path)
      {
        try Self.check(options, against: state, newest.path)
        snapshot = (state, newest.path)
      }
    }
    func report(_ stage: PretrainingCorpus.Stage, _ done: Int = 0, of total: Int = 0) throws {
      let share = total > 0 ? min(1, Double(done) / Double(total)) : nil
      try progress(Preparation(stage: stage.rawValue, share: share))
    }
    try report(.reading)
    let fileBytes = try source.byteCount()
    let survey = try PretrainingCorpus.survey(source) { try report(.reading, $0, of: fileBytes) }
    let starting = try (snapshot?.path ?? options.startingModel).map(
      ModelDirectory.init(contentsOf:))
    if let snapshot, let starting {
      try Self.refuse(options.contradictions(to: starting.configuration), snapshot.path)
    }
    let tokenizer = try Self.tokenizer(
      options, starting, source, survey, threads, report)
    if existing == .overwrite { directory.removeLeftovers(keepingTokens: true) }
    let corpus = try PretrainingCorpus(
      source, survey, tokenizer: tokenizer,
      directory: PretrainingCorpus.directory(ofRun: output), threads: threads
    ) { try report(.tokenizing, $0, of: fileBytes) }
    if let snapshot {
      guard snapshot.state.corpusChecksum == corpus.checksum else {
        throw TrainingError(
          .badOptions,
          "\(snapshot.path): the text is not the one this run began with; use --overwrite to start anew"
        )
      }
    }
    let description = try Self.description(
      options, plan: snapshot?.state.plan, starting, corpus)
    if let sequenceLength = options.sequenceLength {
      try options.check(sequenceLength, fits: description.transformer.maximumLength)
    }
    let transformer = Transformer(
      description.transformer, parameters: Parameters(description.layout))
    try Self.setWeights(
      of: transformer, from: starting, seed: snapshot?.state.plan.seed ?? options.seed)
    let planner = PretrainingPlanner(
      options: options, corpus: corpus, parameterCount: transformer.layout.parameterCount,
      maximumLength: description.transformer.maximumLength)
    let plan = try snapshot?.state.plan ?? planner.plan(measuring: description, threads, progress)
    let optimization = Optimization(transformer, threads: threads)
    if let snapshot { try OptimizerFile.read(into: optimization, directory: snapshot.path) }
    let stepper = PretrainingStep(
      plan: plan, optimization: optimization, batches: planner.batches(plan),
      tokenizer: tokenizer)
    self.init(
      plan: plan, directory: directory, corpus: corpus, description: description,
      stepper: stepper, step: snapshot?.state.step ?? 0)
  }

  /// The summary of a run that was finished before; nil where there is none.
  ///
  /// - Throws: ``TrainingError`` with code `badOptions` where the options contradict the stored ones.
  public static func finishedSummary(
    output: String, options: PretrainingOptions = PretrainingOptions()
  ) throws -> PretrainingSummary? {
    guard let state = try TrainerState(directory: output), state.isFinished else { return nil }
    try check(options, against: state, output)
    return PretrainingSummary(output: output, state)
  }

  private static func check(
    _ options: PretrainingOptions, against state: TrainerState, _ path: String
  ) throws(TrainingError) {
    try refuse(options.contradictions(to: state.plan), path)
  }

  private static func refuse(_ contradictions: [String], _ path: String) throws(TrainingError) {
    guard contradictions.isEmpty else {
      throw TrainingError(
        .badOptions,
        "\(path): the run was begun with other options (\(contradictions.joined(separator: "; ")))")
    }
  }

  private static func tokenizer(
    _ options: PretrainingOptions, _ starting: ModelDirectory?,
    _ source: PretrainingCorpus.Source, _ survey: PretrainingCorpus.Survey, _ threads: Threads,
    _ report: (PretrainingCorpus.Stage, Int, Int) throws -> Void
  ) throws -> Tokenizer {
    if let starting { return starting.tokenizer }
    if let path = options.tokenizerPath {
      let tokenizer = try Tokenizer(contentsOf: path)
      try tokenizer.requireSpecialTokens(name: path)
      return tokenizer
    }
    let size =
      options.vocabularySize
      ?? PretrainingDefaults.vocabularySize(corpusBytes: survey.byteCount)
    var trainer = try BPETrainer(options: BPETrainer.Options(vocabularySize: size))
    let reader = source.reader()
    var block: [UInt8] = []
    var documents: [Range<Int>] = []
    func flush() throws {
      block.withUnsafeBufferPointer { block in
        trainer.count(
          batch: documents.map { UnsafeBufferPointer(rebasing: block[$0]) }, threads: threads.count)
      }
      block.removeAll(keepingCapacity: true)
      documents.removeAll(keepingCapacity: true)
      try report(.counting, reader.counts.documentBytes, survey.byteCount)
    }
    while let document = try reader.next() {
      if survey.holdsOut(document.bytes) { continue }
      documents.append(block.count..<block.count + document.bytes.count)
      block += document.bytes
      if block.count > PretrainingCorpus.reportInterval { try flush() }
    }
    try flush()
    // Learning cannot be stopped half-way; it is short.
    var stop: (any Error)?
    let tokenizer = try trainer.train { merges, total in
      do { try report(.tokenizerTraining, merges, total) } catch { stop = error }
    }
    if let stop { throw stop }
    return tokenizer
  }

  private static func description(
    _ options: PretrainingOptions, plan: PretrainingPlan?, _ starting: ModelDirectory?,
    _ corpus: PretrainingCorpus
  ) throws(ModelError) -> ModelDescription {
    let objective = plan?.objective ?? options.objective ?? .hybrid
    var shape: TransformerConfiguration
    if let starting {
      shape = starting.configuration
    } else {
      let preset = options.preset ?? PretrainingDefaults.preset(corpusBytes: corpus.byteCount)
      shape = preset.configuration(vocabularySize: corpus.tokenizer.vocabularySize)
      shape.layerCount = options.layerCount ?? shape.layerCount
      if let width = options.width {
        shape.width = width
        // Three halves of the width, as in every preset.
        shape.feedForwardWidth = width * 3 / 2
      }
      shape.headCount = options.headCount ?? shape.headCount
      shape.maximumLength = options.maximumLength ?? PretrainingDefaults.maximumLength
    }
    shape.attention = objective == .nextWord ? .causal : .bidirectional
    try shape.validate()
    return ModelDescription(
      transformer: shape, head: .languageModel, objective: objective.rawValue)
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
