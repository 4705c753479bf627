import MLMNumerics
import MLMTestSupport
import Testing

enum Pool: CaseIterable { case mean, first, max }

@Suite struct PoolingTests {
  let offsets = [0, 3, 5]

  func pool(
    _ x: [Float], _ kind: Pool, dy: [Float]? = nil, on p: Processor
  ) -> (y: [Float], dx: [Float]) {
    let (y, input) = (FloatBuffer(count: 8), FloatBuffer(x))
    var indices = [Int32](repeating: 0, count: 8)
    switch kind {
    case .mean: p.meanPoolForward(y.rows(2), input.rows(5), offsets: offsets)
    case .first: p.firstPoolForward(y.rows(2), input.rows(5), offsets: offsets)
    case .max: p.maxPoolForward(y.rows(2), input.rows(5), offsets: offsets, indices: &indices)
    }
    guard let dy else { return (y.values, []) }
    let dx = FloatBuffer([Float](repeating: .nan, count: 20))
    let out = FloatBuffer(dy)
    switch kind {
    case .mean:
      p.meanPoolBackward(inputGradient: dx.rows(5), outputGradient: out.rows(2), offsets: offsets)
    case .first:
      p.firstPoolBackward(inputGradient: dx.rows(5), outputGradient: out.rows(2), offsets: offsets)
    case .max:
      p.maxPoolBackward(
        inputGradient: dx.rows(5), outputGradient: out.rows(2), offsets: offsets, indices: indices)
    }
    return (y.values, dx.values)
  }

  @Test(arguments: CPULevel.supported, Pool.allCases)
  func poolingMatchesTorch(level: CPULevel, kind: Pool) {
    let found = pool(
      pattern(20, seed: 22), kind, dy: pattern(8, seed: 23), on: Processor(level: level))
    let expected =
      switch kind {
      case .mean: (Reference.meanPool, Reference.meanPoolInputGradient)
      case .first: (Reference.firstPool, Reference.firstPoolInputGradient)
      case .max: (Reference.maxPool, Reference.maxPoolInputGradient)
      }
    #expect(maxDifference(found.y, expected.0) < 1e-6)
    #expect(maxDifference(found.dx, expected.1) < 1e-6)
  }

  @Test(arguments: CPULevel.supported, Pool.allCases)
  func gradientMatchesDifferences(level: CPULevel, kind: Pool) {
    let p = Processor(level: level)
    // Far enough apart for the largest to stay the largest.
    let (x, dy) = (pattern(20, seed: 3, factor: 20), randomValues(8, seed: 2))
    let dx = pool(x, kind, dy: dy, on: p).dx
    #expect(checkGradient(dx, at: x) { dot(pool($0, kind, on: p).y, dy) } < 1e-3)
  }

  @Test(arguments: CPULevel.supported)
  func negativeValuesAndOthersSequencesDoNotLeakIntoTheMaximum(level: CPULevel) {
    var x = [Float](repeating: -5, count: 20)
    x[12...] = [-7, -7, -7, -7, -6, -8, -7, .nan]
    let y = pool(x, .max, on: Processor(level: level)).y
    #expect(Array(y[..<7]) == [-5, -5, -5, -5, -6, -7, -7])
    #expect(y[7].isNaN)
  }

  @Test func anEmptySequenceGivesZeros() {
    let (x, y) = (FloatBuffer([1, 2, 3, 4]), FloatBuffer([Float](repeating: 9, count: 6)))
    var indices = [Int32](repeating: 0, count: 6)
    Processor.current.meanPoolForward(y.rows(3), x.rows(2), offsets: [0, 0, 2, 2])
    #expect(y.values == [0, 0, 2, 3, 0, 0])
    Processor.current.maxPoolForward(
      y.rows(3), x.rows(2), offsets: [0, 0, 2, 2], indices: &indices)
    #expect(y.values == [0, 0, 3, 4, 0, 0])
    Processor.current.firstPoolForward(y.rows(3), x.rows(2), offsets: [0, 0, 2, 2])
    #expect(y.values == [0, 0, 1, 2, 0, 0])
  }

  /// Sequences of three and two rows of four columns: sum over √n; (1·a + 2·b + 3·c)/6; the last row.
  @Test func weightedSums() {
    let p = Processor.current
    let x = pattern(20, seed: 22)
    func pooled(_ weights: RowWeights, skipped: Int = 0) -> [Float] {
      let y = FloatBuffer(count: 8)
      p.weightedPoolForward(
        y.rows(2), view(x, rows: 5), offsets: offsets, weights: weights, skipped: skipped)
      return y.values
    }
    func expected(_ weights: [[Float]]) -> [Float] {
      zip(weights, [0, 3]).flatMap { weights, first in
        (0..<4).map { column in
          weights.enumerated().reduce(0) { $0 + $1.element * x[(first + $1.offset) * 4 + column] }
        }
      }
    }
    let (third, half) = (1 / Float(3).squareRoot(), 1 / Float(2).squareRoot())
    #expect(
      maxDifference(pooled(.inverseRoot), expected([[third, third, third], [half, half]])) < 1e-6)
    #expect(
      maxDifference(pooled(.rising), expected([[1 / 6, 2 / 6, 3 / 6], [1 / 3, 2 / 3]])) < 1e-6)
    // With two rows before them, the places are from 3 on.
    #expect(
      maxDifference(
        pooled(.rising, skipped: 2), expected([[3 / 12, 4 / 12, 5 / 12], [3 / 7, 4 / 7]])) < 1e-6)
    #expect(pooled(.last) == expected([[0, 0, 1], [0, 1]]))
  }

  @Test(arguments: [RowWeights.inverseRoot, .rising, .last])
  func weightedGradients(weights: RowWeights) {
    let p = Processor.current
    let (x, dy) = (randomValues(20, seed: 1), randomValues(8, seed: 2))
    let dx = FloatBuffer([Float](repeating: .nan, count: 20))
    p.weightedPoolBackward(
      inputGradient: dx.rows(5), outputGradient: view(dy, rows: 2), offsets: offsets,
      weights: weights)
    #expect(
      checkGradient(dx.values, at: x) { x in
        let y = FloatBuffer(count: 8)
        p.weightedPoolForward(y.rows(2), view(x, rows: 5), offsets: offsets, weights: weights)
        return dot(y.values, dy)
      } < 1e-3)
  }
}
