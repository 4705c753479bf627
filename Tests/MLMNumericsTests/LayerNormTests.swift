import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct LayerNormTests {
  struct Gradients { var dx, dw, db: [Float] }

  func forward(
    _ x: [Float], _ w: [Float], _ b: [Float]?, rows: Int, on p: Processor
  ) -> (y: [Float], mean: FloatBuffer, deviation: FloatBuffer) {
    let y = FloatBuffer(count: x.count)
    let (mean, deviation) = (FloatBuffer(count: rows), FloatBuffer(count: rows))
    let bias = b.map { FloatBuffer($0) }
    p.layerNormForward(
      y.rows(rows), view(x, rows: rows), weight: w, bias: bias?.pointer, epsilon: 1e-5,
      mean: mean.pointer, inverseDeviation: deviation.pointer)
    return (y.values, mean, deviation)
  }

  func backward(
    _ x: [Float], _ w: [Float], _ dy: [Float], rows: Int, from start: Float = 0,
    accumulates: Bool = false, on p: Processor
  ) -> Gradients {
    let (_, mean, deviation) = forward(x, w, nil, rows: rows, on: p)
    let dx = FloatBuffer([Float](repeating: start, count: x.count))
    let dw = FloatBuffer([Float](repeating: start, count: w.count))
    let db = FloatBuffer([Float](repeating: start, count: w.count))
    p.layerNormBackward(
      inputGradient: dx.rows(rows), weightGradient: dw.pointer, biasGradient: db.pointer,
      outputGradient: view(dy, rows: rows), input: view(x, rows: rows), weight: w,
      mean: mean.pointer, inverseDeviation: deviation.pointer, accumulatesInput: accumulates)
    return Gradients(dx: dx.values, dw: dw.values, db: db.values)
  }

  @Test(arguments: CPULevel.supported)
  func layerNormMatchesTorch(level: CPULevel) {
    let p = Processor(level: level)
    let (x, w, b) = (pattern(18, seed: 5, factor: 3), pattern(6, seed: 6), pattern(6, seed: 7))
    #expect(maxDifference(forward(x, w, b, rows: 3, on: p).y, Reference.layerNorm) < 1e-6)
    let g = backward(x, w, pattern(18, seed: 8), rows: 3, on: p)
    #expect(maxDifference(g.dx, Reference.layerNormInputGradient) < 1e-6)
    #expect(maxDifference(g.dw, Reference.layerNormWeightGradient) < 1e-6)
    #expect(maxDifference(g.db, Reference.layerNormBiasGradient) < 1e-6)
  }

  @Test(arguments: CPULevel.supported)
  func gradientsMatchDifferences(level: CPULevel) {
    let p = Processor(level: level)
    let (x, w, b) = (
      randomValues(40, seed: 1), randomValues(20, seed: 2), randomValues(20, seed: 3)
    )
    let dy = randomValues(40, seed: 4)
    let g = backward(x, w, dy, rows: 2, on: p)
    #expect(checkGradient(g.dx, at: x) { dot(forward($0, w, b, rows: 2, on: p).y, dy) } < 1e-3)
    #expect(checkGradient(g.dw, at: w) { dot(forward(x, $0, b, rows: 2, on: p).y, dy) } < 1e-3)
    #expect(checkGradient(g.db, at: b) { dot(forward(x, w, $0, rows: 2, on: p).y, dy) } < 1e-3)
  }

  @Test func parameterGradientsAccumulateAndTheInputsOnRequest() {
    let p = Processor.current
    let (x, w, dy) = (
      randomValues(40, seed: 1), randomValues(20, seed: 2), randomValues(40, seed: 4)
    )
    let fresh = backward(x, w, dy, rows: 2, on: p)
    let onto = backward(x, w, dy, rows: 2, from: 5, on: p)
    let added = backward(x, w, dy, rows: 2, from: 5, accumulates: true, on: p)
    #expect(onto.dx == fresh.dx)
    #expect(maxDifference(onto.dw, fresh.dw.map { $0 + 5 }) < 1e-5)
    #expect(maxDifference(onto.db, fresh.db.map { $0 + 5 }) < 1e-5)
    #expect(maxDifference(added.dx, fresh.dx.map { $0 + 5 }) < 1e-5)
  }

  @Test(arguments: CPULevel.supported)
  func aLargeMeanDoesNotCancel(level: CPULevel) {
    let x = (0..<64).map { 4096 + Float($0 % 8) / 8 }
    let y = forward(x, [Float](repeating: 1, count: 64), nil, rows: 1, on: Processor(level: level))
      .y
    // Mean 4096.4375, variance 21/256.
    let expected = x.map { ($0 - 4096.4375) / (21.0 / 256 + 1e-5).squareRoot() }
    #expect(maxDifference(y, expected) < 1e-5)
  }

  @Test(arguments: CPULevel.supported)
  func notANumberStaysInItsRow(level: CPULevel) {
    var x = randomValues(3 * 20, seed: 1)
    x[25] = .nan
    let p = Processor(level: level)
    let ones = [Float](repeating: 1, count: 20)
    let y = forward(x, ones, nil, rows: 3, on: p).y
    let dx = backward(x, ones, randomValues(60, seed: 2), rows: 3, on: p).dx
    for values in [y, dx] {
      #expect(values.enumerated().allSatisfy { $1.isNaN == ($0 / 20 == 1) })
    }
  }
}
