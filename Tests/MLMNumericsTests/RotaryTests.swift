import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct RotaryTests {
  let table = RotaryTable(maximumLength: 8, headWidth: 6, theta: 10_000)

  func forward(_ x: [Float], offsets: [Int] = [0, 3, 5], on p: Processor) -> [Float] {
    let y = FloatBuffer(x)
    p.rotaryForward(
      y.matrix(rows: x.count / 12, columns: 12), heads: 2, offsets: offsets, table: table)
    return y.values
  }

  func backward(_ dy: [Float], on p: Processor) -> [Float] {
    let dx = FloatBuffer(dy)
    p.rotaryBackward(dx.rows(5), heads: 2, offsets: [0, 3, 5], table: table)
    return dx.values
  }

  @Test(arguments: CPULevel.supported)
  func rotaryMatchesTransformers(level: CPULevel) {
    let p = Processor(level: level)
    #expect(maxDifference(forward(pattern(60, seed: 14), on: p), Reference.rotary) < 1e-6)
    let dx = backward(pattern(60, seed: 15), on: p)
    #expect(maxDifference(dx, Reference.rotaryInputGradient) < 1e-6)
  }

  @Test(arguments: CPULevel.supported)
  func gradientMatchesDifferences(level: CPULevel) {
    let p = Processor(level: level)
    let (x, dy) = (randomValues(60, seed: 1), randomValues(60, seed: 2))
    #expect(checkGradient(backward(dy, on: p), at: x) { dot(forward($0, on: p), dy) } < 1e-3)
  }

  @Test func positionsStartAnewWithEverySequence() {
    let x = pattern(60, seed: 1)
    let together = forward(x, on: .current)
    #expect(Array(together[36...]) == forward(Array(x[36...]), offsets: [0, 2], on: .current))
  }
}
