import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct SoftmaxTests {
  func softmax(_ x: [Float], rows: Int, causal: Bool = false, on p: Processor) -> [Float] {
    let y = FloatBuffer(x)
    p.softmaxForward(y.rows(rows), columns: causal ? -rows...0 : nil)
    return y.values
  }

  @Test(arguments: CPULevel.supported)
  func softmaxMatchesTorch(level: CPULevel) {
    let p = Processor(level: level)
    let y = softmax(pattern(15, seed: 9, factor: 4), rows: 3, on: p)
    #expect(maxDifference(y, Reference.softmax) < 1e-6)
    let dx = FloatBuffer(pattern(15, seed: 10))
    p.softmaxBackward(
      inputGradient: dx.rows(3), outputGradient: dx.rows(3), output: view(y, rows: 3))
    #expect(maxDifference(dx.values, Reference.softmaxInputGradient) < 1e-6)
  }

  @Test(arguments: CPULevel.supported, [false, true])
  func gradientMatchesDifferences(level: CPULevel, causal: Bool) {
    let p = Processor(level: level)
    let (x, dy) = (randomValues(49, seed: 1, bound: 3), randomValues(49, seed: 2))
    let y = softmax(x, rows: 7, causal: causal, on: p)
    let dx = FloatBuffer(count: 49)
    p.softmaxBackward(
      inputGradient: dx.rows(7), outputGradient: view(dy, rows: 7),
      output: view(y, rows: 7), scale: 1)
    let error = checkGradient(dx.values, at: x) {
      dot(softmax($0, rows: 7, causal: causal, on: p), dy)
    }
    #expect(error < 1e-3)
  }

  @Test(arguments: CPULevel.supported)
  func causalRowsSeeTheirBeginningOnly(level: CPULevel) {
    let p = Processor(level: level)
    let x = randomValues(70 * 70, seed: 3, bound: 5)
    let y = softmax(x, rows: 70, causal: true, on: p)
    for r in 0..<70 {
      let alone = softmax(Array(x[r * 70...r * 70 + r]), rows: 1, on: p)
      #expect(Array(y[r * 70...r * 70 + r]) == alone)
      #expect(y[(r * 70 + r + 1)..<(r * 70 + 70)].allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: CPULevel.supported)
  func extremesStayInTheirRow(level: CPULevel) {
    let p = Processor(level: level)
    for columns in [5, 40] {
      var x = [Float](repeating: 0, count: 5 * columns)
      x[1] = -.infinity  // row 0: one impossible element
      x[columns + 1] = .nan  // row 1
      for c in 0..<columns { x[2 * columns + c] = -.infinity }  // row 2: nothing possible
      x[3 * columns + 2] = 3e38  // row 3: one element takes all
      x[4 * columns + 3] = .infinity  // row 4
      let y = softmax(x, rows: 5, on: p)
      let row = { (r: Int) in y[(r * columns)..<((r + 1) * columns)] }
      #expect(row(0).enumerated().allSatisfy { $1 == ($0 == 1 ? 0 : 1 / Float(columns - 1)) })
      #expect(row(1).allSatisfy(\.isNaN) && row(2).allSatisfy(\.isNaN))
      #expect(row(3).enumerated().allSatisfy { $1 == ($0 == 2 ? 1 : 0) })
      #expect(row(4).contains { $0.isNaN })
    }
  }
}
