import MLMTraining

/// Advances a fine-tuning run to its end, shows how far it is and validates after each epoch.
struct FineTuningLoop {
  private let run: FineTuningRun
  private let progress: Progress

  init(_ run: FineTuningRun, _ progress: Progress) {
    self.run = run
    self.progress = progress
  }

  /// Trains; returns the tokens per step over the median time of a step, from the fourth step on.
  ///
  /// - Throws: ``CommandError`` with code `failure` where a signal asks to stop: nothing is written.
  func train() throws -> Double? {
    var throughput = Throughput()
    while let report = try run.advance() {
      throughput.add(report)
      progress.show(report)
      if run.isEpochComplete {
        let evaluation = try run.validate()
        progress.note(Self.line(epoch: run.epoch, of: run.epochCount, report, evaluation))
      }
      if StopSignals.isStopRequested && run.step < run.stepCount {
        throw CommandError(
          .failure, "stopped after step \(run.step) of \(run.stepCount); nothing was written")
      }
    }
    return throughput.tokensPerSecond
  }

  private static func line(
    epoch: Int, of epochCount: Int, _ report: StepReport, _ evaluation: ClassificationEvaluation
  ) -> String {
    let figure =
      evaluation.correlation.map { "correlation \(Numbers.fixed($0, 4))" }
      ?? "accuracy \(Numbers.percent(evaluation.accuracy))"
    return "epoch \(epoch)/\(epochCount)  loss \(Numbers.fixed(report.loss, 4))  "
      + "validation \(figure), loss \(Numbers.fixed(evaluation.loss, 4))"
  }
}
