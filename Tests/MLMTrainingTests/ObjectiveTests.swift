import MLMTraining
import Testing

@Suite struct ObjectiveTests {
  private func phases(_ objective: Objective, steps: Int, _ rate: MaskRate = .falling)
    -> [Objective.Phase]
  {
    (1...steps).map {
      objective.phase(atStep: $0, of: steps, maskRate: rate, nextWordShare: 0.2)
    }
  }

  private func rate(_ phase: Objective.Phase) -> Double? {
    if case .masked(let rate) = phase { rate } else { nil }
  }

  @Test func hybridPredictsNextWordsFirst() {
    let found = phases(.hybrid, steps: 100)
    #expect(found[..<20].allSatisfy { $0 == .nextWord })
    let rates = found[20...].compactMap(rate)
    #expect(rates.count == 80)
    #expect(rates[0] == 0.30)
    #expect(abs(rates[79] - 0.15) < 1e-12)
    for (a, b) in zip(rates, rates.dropFirst()) { #expect(abs(a - b - 0.15 / 79) < 1e-12) }
  }

  @Test func maskedAndNextWordAlone() {
    let masked = phases(.masked, steps: 31).compactMap(rate)
    #expect(masked.count == 31)
    #expect(masked[0] == 0.30)
    #expect(abs(masked[15] - 0.225) < 1e-12)
    #expect(abs(masked[30] - 0.15) < 1e-12)
    #expect(phases(.nextWord, steps: 31).allSatisfy { $0 == .nextWord })
    #expect(phases(.masked, steps: 9, MaskRate(0.4)).allSatisfy { $0 == .masked(rate: 0.4) })
  }

  @Test func veryShortRuns() {
    #expect(phases(.masked, steps: 1) == [.masked(rate: 0.30)])
    #expect(phases(.hybrid, steps: 1) == [.masked(rate: 0.30)])
    #expect(phases(.hybrid, steps: 5).first == .nextWord)
  }

  @Test func learningRateRisesAndFalls() {
    let schedule = LearningRateSchedule(peak: 1, warmup: 0.1)
    let rates = (1...100).map { schedule.rate(atStep: $0, of: 100) }
    for step in 1...10 { #expect(abs(rates[step - 1] - Float(step) / 10) < 1e-6) }
    // From the peak at step 10 to 0 at step 101, in 91 equal parts.
    for step in 10...100 { #expect(abs(rates[step - 1] - Float(101 - step) / 91) < 1e-6) }
    #expect(rates.allSatisfy { $0 > 0 && $0 <= 1 })
  }

  @Test(arguments: [0, 0.06, 0.5, 0.99], [1, 2, 7])
  func learningRateOfShortRuns(warmup: Double, steps: Int) {
    let schedule = LearningRateSchedule(peak: 2e-3, warmup: warmup)
    let rates = (1...steps).map { schedule.rate(atStep: $0, of: steps) }
    #expect(rates.allSatisfy { $0 > 0 && $0 <= 2e-3 })
    #expect(rates.max() == 2e-3)
  }
}
