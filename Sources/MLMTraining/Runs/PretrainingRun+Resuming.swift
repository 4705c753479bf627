import MLM
import MLMData

extension PretrainingRun {
  /// The summary of a run that was finished before; nil where there is none, or its model is missing.
  ///
  /// - Parameters:
  ///   - output: The output directory.
  ///   - options: What is asked for now.
  ///   - files: The text asked for now, which is read to compare it; not compared if nil.
  ///   - progress: Told what is being done; what it throws ends the reading.
  /// - Throws: ``TrainingError`` with code `badOptions` where the options or the text contradict the
  ///   stored ones and `badSnapshot` where the stored ones cannot be read, or `FileError`, `DataError`,
  ///   ``ModelError`` or `TokenizerError` where they cannot be compared.
  public static func finishedSummary(
    output: String, options: PretrainingOptions = PretrainingOptions(), files: [String]? = nil,
    progress: (Preparation) throws -> Void = { _ in }
  ) throws -> PretrainingSummary? {
    guard let state = try finishedState(output) else { return nil }
    try check(options, against: state, output)
    if options.describesModel {
      try check(options, against: ModelDirectory(contentsOf: output), output)
    }
    if let files {
      let source = TextSource(files: files, options, plan: state.plan)
      let fileBytes = try source.byteCount()
      let survey = try CorpusSurvey(source) {
        try progress(
          Preparation(
            stage: PretrainingCorpus.Stage.reading.rawValue,
            share: min(1, Double($0) / Double(max(1, fileBytes)))))
      }
      try check(survey, against: state, output)
    }
    return PretrainingSummary(output: output, state)
  }

  /// The state of a run whose model is there; nil where there is none.
  private static func finishedState(_ output: String) throws -> TrainerState? {
    guard let state = try TrainerState(directory: output), state.isFinished,
      ModelDirectory.isWhole(output)
    else { return nil }
    return state
  }

  /// The snapshot to go on from; nil where there is none.
  ///
  /// - Throws: ``TrainingError`` with code `badOptions` where the run is finished or the options
  ///   contradict it, and `badSnapshot` where there are snapshots and none is whole.
  static func snapshot(
    in directory: RunDirectory, _ options: PretrainingOptions, skipped: inout [String]
  ) throws -> StoredSnapshot? {
    if try finishedState(directory.path) != nil {
      throw TrainingError(
        .badOptions, "\(directory.path): the run is finished; there is nothing to resume")
    }
    guard let snapshot = try StoredSnapshot.newest(in: directory, skipped: &skipped) else {
      return nil
    }
    try check(options, against: snapshot.state, snapshot.path)
    try check(options, against: snapshot.model, snapshot.path)
    return snapshot
  }

  /// Refuses a text that is not the one a stored run began with.
  ///
  /// - Throws: ``TrainingError`` with code `badOptions`.
  static func check(
    _ survey: CorpusSurvey, against state: TrainerState, _ path: String
  ) throws(TrainingError) {
    if survey.digestText != state.textDigest {
      throw TrainingError(
        .badOptions,
        "\(path): the text is not the one this run began with; use --overwrite to start anew")
    }
  }

  private static func check(
    _ options: PretrainingOptions, against state: TrainerState, _ path: String
  ) throws(TrainingError) {
    try refuse(options.contradictions(to: state.plan), path)
  }

  private static func check(
    _ options: PretrainingOptions, against model: ModelDirectory, _ path: String
  ) throws {
    var contradictions = options.contradictions(to: model.configuration)
    if let given = options.tokenizerPath,
      try Tokenizer(contentsOf: given).json != model.tokenizer.json
    {
      contradictions.append("tokenizer: \(given) is another")
    }
    try refuse(contradictions, path)
  }

  private static func refuse(_ contradictions: [String], _ path: String) throws(TrainingError) {
    guard contradictions.isEmpty else {
      throw TrainingError(
        .badOptions,
        "\(path): the run was begun with other options (\(contradictions.joined(separator: "; ")))")
    }
  }
}
