import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct CrossEntropyTests {
  /// Losses, and the gradient of their sum times `scale`.
  func crossEntropy(
    _ x: [Float], _ targets: [Int32], scale: Float, on p: Processor
  ) -> (losses: [Float], gradient: [Float]) {
    let (logits, losses) = (FloatBuffer(x), FloatBuffer(count: targets.count))
    p.crossEntropyForward(
      logits: logits.rows(targets.count), targets: targets, losses: losses.pointer)
    p.crossEntropyBackward(logits: logits.rows(targets.count), targets: targets, scale: scale)
    return (losses.values, logits.values)
  }

  @Test(arguments: CPULevel.supported)
  func crossEntropyMatchesTorch(level: CPULevel) {
    let x = pattern(24, seed: 11, factor: 6)
    let found = crossEntropy(x, [7, 0, 3], scale: 1 / 3, on: Processor(level: level))
    #expect(maxDifference(found.losses, Reference.crossEntropy) < 2e-6)
    #expect(maxDifference(found.gradient, Reference.crossEntropyInputGradient) < 1e-6)
  }

  @Test(arguments: CPULevel.supported)
  func gradientMatchesDifferences(level: CPULevel) {
    let p = Processor(level: level)
    let (x, targets) = (randomValues(80, seed: 1, bound: 3), [Int32](arrayLiteral: 3, 39))
    let found = crossEntropy(x, targets, scale: 0.5, on: p)
    let error = checkGradient(found.gradient, at: x) {
      crossEntropy($0, targets, scale: 0, on: p).losses.reduce(0) { $0 + Double($1) } / 2
    }
    #expect(error < 1e-3)
  }

  @Test(arguments: CPULevel.supported)
  func theLossOfFiniteLogitsIsFinite(level: CPULevel) {
    var x = [Float](repeating: -1e4, count: 3 * 40)
    x[0] = 1e4  // its probability is 1, the target's underflows
    x[40] = 3.4e38
    x[41] = -3.4e38
    x[80] = .nan
    let found = crossEntropy(x, [5, 1, 5], scale: 1, on: Processor(level: level))
    #expect(found.losses[0] == 2e4)
    #expect(found.losses[1].isFinite && found.losses[1] > 3e38)
    #expect(found.losses[2].isNaN && found.gradient[80...].allSatisfy(\.isNaN))
  }
}
