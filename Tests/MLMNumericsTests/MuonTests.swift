import MLMNumerics
import MLMTestSupport
import Testing

extension Muon {
  /// A step with scratch of its own.
  fileprivate func step(
    parameters: Matrix, gradients: Matrix, momentumBuffer: Matrix, gradientScale: Float = 1,
    on processor: Processor = .current
  ) {
    let scratch = FloatBuffer(
      count: Self.scratchCount(rows: parameters.rows, columns: parameters.columns))
    step(
      parameters: parameters, gradients: gradients, momentumBuffer: momentumBuffer,
      gradientScale: gradientScale, scratch: scratch.pointer, on: processor)
  }
}

@Suite struct MuonTests {
  /// Three steps on the gradients of the reference.
  private func train(
    rows: Int, columns: Int, gradientScale: Float = 1, on p: Processor
  ) -> [Float] {
    let parameters = FloatBuffer(pattern(rows * columns, seed: 32))
    let momentum = FloatBuffer(count: rows * columns)
    for step in 0..<3 {
      let gradients = FloatBuffer(
        pattern(rows * columns, seed: 33 + step, factor: 1 / gradientScale))
      Muon(learningRate: 0.01, weightDecay: 0.1).step(
        parameters: parameters.matrix(rows: rows, columns: columns),
        gradients: gradients.matrix(rows: rows, columns: columns),
        momentumBuffer: momentum.matrix(rows: rows, columns: columns),
        gradientScale: gradientScale, on: p)
    }
    return parameters.values
  }

  @Test(arguments: CPULevel.supported)
  func threeStepsMatchTorch(level: CPULevel) {
    let p = Processor(level: level)
    #expect(maxDifference(train(rows: 3, columns: 5, on: p), Reference.muonWide) < 1e-6)
    #expect(maxDifference(train(rows: 5, columns: 3, on: p), Reference.muonTall) < 1e-6)
    let scaled = train(rows: 5, columns: 3, gradientScale: 0.25, on: p)
    #expect(maxDifference(scaled, Reference.muonTall) < 1e-6)
  }

  /// X·Xᵀ of an orthogonal matrix is the identity; the published polynomial comes within about a
  /// third of it.
  @Test(arguments: [(24, 24), (24, 60), (60, 24), (1, 7), (7, 1)])
  func becomesOrthogonal(rows: Int, columns: Int) {
    let buffer = FloatBuffer(randomValues(rows * columns, seed: 5, bound: 3))
    let x = buffer.matrix(rows: rows, columns: columns)
    let scratch = FloatBuffer(count: Muon.scratchCount(rows: rows, columns: columns))
    Muon.orthogonalize(x, scratch: scratch.pointer)
    let side = min(rows, columns)
    let gram = FloatBuffer(count: side * side)
    let product = gram.matrix(rows: side, columns: side)
    Processor.current.multiply(
      product, x, x, transposeA: rows > columns, transposeB: rows <= columns)
    // The trace is the sum of the squared singular values, the square of the product's length the
    // sum of their fourth powers.
    let trace = (0..<side).reduce(0.0) { $0 + Double(gram.pointer[$1 * side + $1]) }
    let fourth = gram.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    let (mean, deviation) = (trace / Double(side), fourth / Double(side))
    #expect(mean > 0.45 && mean < 1.45, "mean square \(mean)")
    #expect(deviation - mean * mean < 0.15, "variance of the squares \(deviation - mean * mean)")
  }

  @Test func nothingToLearnFromMovesNothing() {
    let parameters = FloatBuffer(pattern(12, seed: 1))
    let before = parameters.values
    let (gradients, momentum) = (FloatBuffer(count: 12), FloatBuffer(count: 12))
    Muon(learningRate: 0.1, weightDecay: 0).step(
      parameters: parameters.matrix(rows: 3, columns: 4),
      gradients: gradients.matrix(rows: 3, columns: 4),
      momentumBuffer: momentum.matrix(rows: 3, columns: 4))
    #expect(parameters.values == before)
  }

  @Test func notANumberIsNotHidden() {
    let parameters = FloatBuffer(pattern(12, seed: 1))
    let (gradients, momentum) = (FloatBuffer(count: 12), FloatBuffer(count: 12))
    gradients.pointer[5] = .nan
    Muon(learningRate: 0.1).step(
      parameters: parameters.matrix(rows: 3, columns: 4),
      gradients: gradients.matrix(rows: 3, columns: 4),
      momentumBuffer: momentum.matrix(rows: 3, columns: 4))
    #expect(parameters.values.contains { $0.isNaN })
  }
}
