import MLMNumerics
import MLMTraining
import Testing

/// Training with operands rounded to bf16.
@Suite struct PretrainingPrecisionTests {
  private static func options(
    _ precision: Precision, _ change: (inout PretrainingOptions) -> Void = { _ in }
  ) -> PretrainingOptions {
    SampleText.options {
      $0.precision = precision
      change(&$0)
    }
  }

  private func withText(_ body: (_ folder: String, _ text: String) throws -> Void) throws {
    try withFolder { try body($0, try SampleText.write(SampleText.sentences(90), in: $0)) }
  }

  @Test func sameBytesAtAnyNumberOfThreadsAndResumed() throws {
    try withText { folder, text in
      let one = try SampleText.train([text], folder + "/one", Self.options(.bfloat16))
      let three = try SampleText.train(
        [text], folder + "/three", Self.options(.bfloat16) { $0.threadCount = 3 })
      #expect(one == three)
      func begin() throws {
        let run = try PretrainingRun(
          files: [text], output: folder + "/two", options: Self.options(.bfloat16))
        for _ in 0..<5 { _ = try run.advance() }
        try run.snapshot()
      }
      try begin()
      // The precision is part of the plan, whatever is the fastest where the run goes on.
      let run = try PretrainingRun(
        files: [text], output: folder + "/two", options: PretrainingOptions(), existing: .resume)
      #expect(run.plan.precision == .bfloat16)
      while try run.advance() != nil {}
      #expect(try run.finish().precision == .bfloat16)
      #expect(try SampleText.weights(folder + "/two") == one)
    }
  }

  @Test func anotherPrecisionIsAContradiction() throws {
    try withText { folder, text in
      let output = folder + "/out"
      func begin() throws {
        let run = try PretrainingRun(files: [text], output: output, options: Self.options(.float32))
        _ = try run.advance()
        try run.snapshot()
      }
      try begin()
      let failure = error(TrainingError.self) {
        _ = try PretrainingRun(
          files: [text], output: output, options: Self.options(.bfloat16), existing: .resume)
      }
      #expect(failure?.description.contains("precision: stored float32, given bfloat16") == true)
    }
  }

  @Test func theLossIsThatOfFloat32NearlyButNotQuite() throws {
    try withText { folder, text in
      let losses = try Precision.allCases.map { precision in
        let run = try PretrainingRun(
          files: [text], output: "\(folder)/\(precision)",
          options: Self.options(precision) { $0.stepCount = 60 })
        while try run.advance() != nil {}
        return try #require(try run.finish().heldOutLoss)
      }
      #expect(losses[0] != losses[1])
      #expect(abs(losses[1] / losses[0] - 1) < 0.005)
    }
  }
}
