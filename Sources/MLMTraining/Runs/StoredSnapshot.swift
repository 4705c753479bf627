import MLM
import MLMModel

/// A snapshot of which nothing is missing, for a run to go on from.
struct StoredSnapshot {
  let path: String
  let state: TrainerState
  let model: ModelDirectory

  /// Reads a snapshot, except for the optimizer's moments, which are only checked.
  ///
  /// - Throws: ``TrainingError`` with code `badSnapshot`, or what reading the model throws.
  private init(_ snapshot: (step: Int, path: String)) throws {
    path = snapshot.path
    guard let state = try TrainerState(directory: path) else {
      throw TrainingError(.badSnapshot, "\(TrainerState.fileName(in: path)): no such file")
    }
    guard state.step == snapshot.step, !state.isFinished else {
      throw TrainingError(
        .badSnapshot,
        "\(TrainerState.fileName(in: path)): expected the state after step \(snapshot.step), "
          + "found that \(state.isFinished ? "of a finished run" : "after step \(state.step)")")
    }
    self.state = state
    model = try ModelDirectory(contentsOf: path)
    let longest = model.configuration.maximumLength
    guard model.head == .languageModel, model.objective == state.plan.objective.rawValue,
      state.plan.sequenceLength <= longest
    else {
      throw TrainingError(
        .badSnapshot,
        "\(path)/config.json: expected a language model trained on \(state.plan.objective.rawValue) "
          + "that reads \(state.plan.sequenceLength) tokens, found another")
    }
    try OptimizerFile.check(model.parameters.layout, directory: path)
  }

  /// The newest whole snapshot of a run.
  ///
  /// - Parameter skipped: What is wrong with each of those that are newer.
  /// - Returns: The snapshot; nil where the run has none at all.
  /// - Throws: ``TrainingError`` with code `badSnapshot` where it has some and none is whole.
  static func newest(
    in directory: RunDirectory, skipped: inout [String]
  ) throws -> StoredSnapshot? {
    for candidate in directory.snapshots {
      do { return try StoredSnapshot(candidate) } catch { skipped.append("\(error)") }
    }
    guard skipped.isEmpty else {
      throw TrainingError(
        .badSnapshot,
        "no snapshot is whole (\(skipped.joined(separator: "; "))); use --overwrite to start anew")
    }
    return nil
  }
}
