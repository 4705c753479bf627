import MLMTraining
import Testing

@Suite struct ThroughputTests {
  private func speed(_ seconds: [Double]) -> Double? {
    var throughput = Throughput()
    for (index, seconds) in seconds.enumerated() {
      throughput.add(
        StepReport(
          step: index + 1, stepCount: 9, loss: 1, gradientNorm: 1,
          learningRate: 1, tokenCount: 100 * (index + 1), seconds: seconds))
    }
    return throughput.tokensPerSecond
  }

  @Test func countsFromTheFourthStepOn() {
    // (400 + 500 + 600) / 3 tokens over the median of 2, 4 and 30 seconds.
    #expect(speed([90, 1, 1, 4, 30, 2]) == 125)
    #expect(speed([9, 9, 9, 2]) == 200)
  }

  @Test(arguments: 0...3)
  func noneForShortRuns(steps: Int) throws {
    #expect(speed(Array(repeating: 1, count: steps)) == nil)
    guard steps > 0 else { return }
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      let run = try PretrainingRun(
        files: [text], output: folder + "/out",
        options: SampleText.options { $0.stepCount = steps })
      while try run.advance() != nil {}
      #expect(try run.finish().tokensPerSecond == nil)
    }
  }
}
