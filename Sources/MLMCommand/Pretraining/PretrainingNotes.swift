import MLMTraining

/// What a pretraining run says of itself before its first step.
struct PretrainingNotes {
  private let run: PretrainingRun
  /// What the files that are read are called, where they are copies.
  private let names: [String: String]

  init(_ run: PretrainingRun, names: [String: String] = [:]) {
    self.run = run
    self.names = names
  }

  func show(_ progress: Progress) {
    let shape = run.configuration
    let plan = run.plan
    progress.note(
      "text: \(Numbers.bytes(run.corpusByteCount)) in "
        + "\(Numbers.counted(run.corpusDocumentCount, "document")), "
        + heldOut
        + (run.emptyDocumentCount > 0
          ? ", \(Numbers.counted(run.emptyDocumentCount, "empty one")) left out" : "")
        + "; "
        + "\(Numbers.counted(run.corpusTokenCount, "token")) to train on")
    progress.note(
      "model: \(shape.layerCount) layers of width \(shape.width), \(shape.headCount) heads, "
        + "vocabulary \(Numbers.grouped(shape.vocabularySize)), "
        + Numbers.counted(run.parameterCount, "parameter"))
    progress.note(
      "training: \(plan.objective.rawValue), \(Numbers.counted(plan.stepCount, "step")) of "
        + "\(Numbers.counted(plan.sequencesPerStep, "sequence")), at most "
        + "\(plan.sequenceLength) tokens each, seed \(plan.seed)")
    if run.step > 0 { progress.note("going on after step \(run.step)") }
    progress.clear()
    for problem in run.skippedSnapshots {
      StandardError.warning("a snapshot that is not whole is passed over: \(problem)")
    }
    for (file, count) in run.replacementsByFile {
      let name = names[file] ?? file
      Warnings.replacements(count, in: name == "-" ? "standard input" : name)
    }
    if run.heldOutByteCount == 0 {
      StandardError.warning(
        "no text is held out, so held_out_loss will be null: the documents are all the same, or too "
          + "short")
    }
  }

  private var heldOut: String {
    run.corpusDocumentCount == 1
      ? "the last \(Numbers.bytes(run.heldOutByteCount)) of it held out"
      : "\(Numbers.grouped(run.heldOutDocumentCount)) of them held out"
  }
}
