import MLMTraining

/// The words of a progress line.
package enum ProgressText {
  /// The line of a step.
  package static func step(
    _ report: StepReport, tokensPerSecond: Double, secondsLeft: Double
  ) -> String {
    let width = String(report.stepCount).count
    let step = String(report.step)
    let padded = String(repeating: " ", count: max(0, width - step.count)) + step
    return "step \(padded)/\(report.stepCount)"
      + "  loss \(Numbers.fixed(report.loss, 4))"
      + "  lr \(Numbers.scientific(Double(report.learningRate)))"
      + "  \(Numbers.grouped(Int(tokensPerSecond.rounded()))) tokens/s"
      + "  left \(Numbers.time(secondsLeft))"
  }

  /// The line of work that is counted.
  package static func count(
    _ done: Int, of total: Int?, _ what: String, seconds: Double
  ) -> String {
    let rate = Double(done) / max(seconds, 1e-9)
    let perSecond = "\(Numbers.grouped(Int(rate.rounded()))) \(what)/s"
    guard let total else { return "\(Numbers.grouped(done)) \(what)  \(perSecond)" }
    return "\(Numbers.grouped(done))/\(Numbers.grouped(total)) \(what)  \(perSecond)"
      + "  left \(Numbers.time(Double(total - done) / rate))"
  }

  /// The line of a stream of lines.
  package static func lines(
    _ done: Int, perSecond: Double, share: Double?, secondsLeft: Double?
  ) -> String {
    "\(Numbers.grouped(done)) lines"
      + (share.map { "  \(Numbers.fixed(100 * $0, 0)) %" } ?? "")
      + "  \(Numbers.grouped(Int(perSecond.rounded()))) lines/s"
      + (secondsLeft.map { "  left \(Numbers.time($0))" } ?? "")
  }

  /// The line of a stage of preparation.
  package static func stage(
    _ name: String, share: Double?, secondsLeft: Double? = nil
  ) -> String {
    guard let share else { return name }
    return "\(name): \(Numbers.fixed(100 * share, 0)) %"
      + (secondsLeft.map { "  left \(Numbers.time($0))" } ?? "")
  }
}
