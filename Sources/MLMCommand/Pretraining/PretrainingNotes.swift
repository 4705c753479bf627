import MLMTraining

/// What a pretraining run says of itself before its first step.
struct PretrainingNotes {
  private let run: PretrainingRun

  init(_ run: PretrainingRun) { self.run = run }

  func show(_ progress: Progress) {
    let shape = run.configuration
    let plan = run.plan
    progress.note(
      "text: \(Numbers.bytes(run.corpusByteCount)) in "
        + "\(Numbers.counted(run.corpusDocumentCount, "document")), "
        + "\(Numbers.grouped(run.heldOutDocumentCount)) of them held out"
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
    Warnings.replacements(run.replacements, in: "text")
  }
}
