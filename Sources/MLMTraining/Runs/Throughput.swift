/// The speed of a run: tokens per step over the median time of a step.
package struct Throughput {
  /// The first steps load caches and start threads; they do not count.
  static let skippedSteps = 3

  private var seconds: [Double] = []
  private var tokens: [Int] = []

  package init() {}

  package mutating func add(_ report: StepReport) {
    guard report.step > Self.skippedSteps else { return }
    seconds.append(report.seconds)
    tokens.append(report.tokenCount)
  }

  /// Tokens per second, or nil before the fourth step.
  package var tokensPerSecond: Double? {
    guard !seconds.isEmpty else { return nil }
    let median = seconds.sorted()[seconds.count / 2]
    guard median > 0 else { return nil }
    return Double(tokens.reduce(0, +)) / Double(tokens.count) / median
  }
}
