import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct AdamWTests {
  /// Five steps on the gradients of the reference, `pieces` pieces a step.
  func train(decays: Bool, gradientScale: Float = 1, cut: Int = 6, on p: Processor) -> [Float] {
    let parameters = FloatBuffer(pattern(6, seed: 24))
    let (m, v) = (FloatBuffer(count: 6), FloatBuffer(count: 6))
    let optimizer = AdamW(learningRate: 0.01, weightDecay: 0.1)
    for step in 1...5 {
      let gradients = FloatBuffer(pattern(6, seed: 24 + step, factor: 0.1 / gradientScale))
      for piece in [0..<cut, cut..<6] {
        let start = piece.lowerBound
        optimizer.step(
          parameters: parameters.pointer + start, gradients: gradients.pointer + start,
          firstMoment: m.pointer + start, secondMoment: v.pointer + start, count: piece.count,
          step: step, decays: decays, gradientScale: gradientScale, on: p)
      }
    }
    return parameters.values
  }

  @Test(arguments: CPULevel.supported)
  func fiveStepsMatchTorch(level: CPULevel) {
    let p = Processor(level: level)
    #expect(maxDifference(train(decays: true, on: p), Reference.adamW) < 1e-6)
    #expect(maxDifference(train(decays: false, on: p), Reference.adamWWithoutDecay) < 1e-6)
    let scaled = train(decays: true, gradientScale: 0.25, on: p)
    #expect(maxDifference(scaled, Reference.adamW) < 1e-6)
  }

  @Test func betasAreThoseOfTheReference() {
    let optimizer = AdamW(learningRate: 1)
    #expect(optimizer.beta1 == 0.9 && optimizer.beta2 == 0.98 && optimizer.epsilon == 1e-8)
  }

  @Test(arguments: CPULevel.supported)
  func notANumberIsNotHidden(level: CPULevel) {
    let p = FloatBuffer([Float](repeating: 1, count: 20))
    let g = FloatBuffer([Float](repeating: 0, count: 20))
    let (m, v) = (FloatBuffer(count: 20), FloatBuffer(count: 20))
    g.pointer[3] = .nan
    AdamW(learningRate: 0.1).step(
      parameters: p.pointer, gradients: g.pointer, firstMoment: m.pointer,
      secondMoment: v.pointer, count: 20, step: 1, decays: false, on: Processor(level: level))
    #expect(p.values.indices.allSatisfy { p.values[$0].isNaN == ($0 == 3) })
  }
}
