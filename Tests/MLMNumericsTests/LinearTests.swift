import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct LinearTests {
  func forward(
    _ x: [Float], _ w: [Float], _ b: [Float], inputs: Int, on p: Processor
  ) -> [Float] {
    let rows = x.count / inputs
    let y = FloatBuffer(count: rows * b.count)
    p.linearForward(
      y.matrix(rows: rows, columns: b.count),
      view(x, rows: rows),
      view(w, rows: b.count), bias: b)
    return y.values
  }

  func backward(
    _ x: [Float], _ w: [Float], _ dy: [Float], inputs: Int, start: Float = 0,
    accumulates: Bool = false, on p: Processor
  ) -> (dx: [Float], dw: [Float], db: [Float]) {
    let (rows, outputs) = (x.count / inputs, w.count / inputs)
    let dx = FloatBuffer([Float](repeating: start, count: x.count))
    let dw = FloatBuffer([Float](repeating: start, count: w.count))
    let db = FloatBuffer([Float](repeating: start, count: outputs))
    p.linearBackward(
      inputGradient: dx.rows(rows), weightGradient: dw.rows(outputs), biasGradient: db.pointer,
      outputGradient: view(dy, rows: rows), input: view(x, rows: rows),
      weight: view(w, rows: outputs), accumulatesInput: accumulates)
    return (dx.values, dw.values, db.values)
  }

  @Test(arguments: CPULevel.supported)
  func linearMatchesTorch(level: CPULevel) {
    let p = Processor(level: level)
    let (x, w, b) = (pattern(12, seed: 18), pattern(20, seed: 19), pattern(5, seed: 20))
    #expect(maxDifference(forward(x, w, b, inputs: 4, on: p), Reference.linear) < 1e-6)
    let g = backward(x, w, pattern(15, seed: 21), inputs: 4, on: p)
    #expect(maxDifference(g.dx, Reference.linearInputGradient) < 1e-6)
    #expect(maxDifference(g.dw, Reference.linearWeightGradient) < 1e-6)
    #expect(maxDifference(g.db, Reference.linearBiasGradient) < 1e-6)
  }

  /// Once with few outputs, once with enough for OpenBLAS.
  @Test(arguments: CPULevel.supported, [5, 70])
  func gradientsMatchDifferences(level: CPULevel, outputs: Int) {
    let p = Processor(level: level)
    let (x, w) = (randomValues(18, seed: 1), randomValues(6 * outputs, seed: 2))
    let (b, dy) = (randomValues(outputs, seed: 3), randomValues(3 * outputs, seed: 4))
    let g = backward(x, w, dy, inputs: 6, on: p)
    #expect(checkGradient(g.dx, at: x) { dot(forward($0, w, b, inputs: 6, on: p), dy) } < 1e-3)
    #expect(checkGradient(g.dw, at: w) { dot(forward(x, $0, b, inputs: 6, on: p), dy) } < 1e-3)
    #expect(checkGradient(g.db, at: b) { dot(forward(x, w, $0, inputs: 6, on: p), dy) } < 1e-3)
  }

  @Test func parameterGradientsAccumulateAndTheInputsOnRequest() {
    let (x, w, dy) = (pattern(12, seed: 1), pattern(20, seed: 2), pattern(15, seed: 3))
    let fresh = backward(x, w, dy, inputs: 4, on: .current)
    let onto = backward(x, w, dy, inputs: 4, start: 5, on: .current)
    let added = backward(x, w, dy, inputs: 4, start: 5, accumulates: true, on: .current)
    #expect(onto.dx == fresh.dx)
    #expect(maxDifference(onto.dw, fresh.dw.map { $0 + 5 }) < 1e-5)
    #expect(maxDifference(onto.db, fresh.db.map { $0 + 5 }) < 1e-5)
    #expect(maxDifference(added.dx, fresh.dx.map { $0 + 5 }) < 1e-5)
  }
}
