import MLMNumerics
import MLMTestSupport
import Testing

/// Every level against the portable one, on shapes with and without a rest after whole vectors.
///
/// The levels differ in the order of sums (a row of n sums n terms of size 1 with an error near
/// √n·6e-8) and in fused multiplications (one rounding less each): 1e-5 of the largest element is
/// ten times what that allows at these widths.
@Suite struct LevelTests {
  static let widths = [1, 3, 15, 16, 17, 64, 100, 257]
  let tolerance = 1e-5

  func compare(_ level: CPULevel, _ operation: (Processor) -> [[Float]]) {
    let (found, expected) = (
      operation(Processor(level: level)), operation(Processor(level: .portable))
    )
    for (a, b) in zip(found, expected) { #expect(relativeDifference(a, b) < tolerance) }
  }

  @Test(arguments: CPULevel.supported, ActivationFunction.allCases)
  func gatedActivations(level: CPULevel, function: ActivationFunction) {
    for width in Self.widths {
      let x = FloatBuffer(randomValues(10 * width, seed: 1, bound: 5))
      let dy = FloatBuffer(randomValues(5 * width, seed: 2))
      compare(level) { p in
        let (y, again) = (FloatBuffer(count: 5 * width), FloatBuffer(count: 5 * width))
        let dx = FloatBuffer(count: 10 * width)
        p.gatedForward(y.rows(5), x.rows(5), function)
        p.gatedBackward(
          inputGradient: dx.rows(5), output: again.rows(5), outputGradient: dy.rows(5),
          input: x.rows(5), function)
        // In place, as training does it.
        let (inPlace, gradient) = (FloatBuffer(dy.values), FloatBuffer(count: 10 * width))
        p.gatedBackward(
          inputGradient: gradient.rows(5), output: inPlace.rows(5),
          outputGradient: inPlace.rows(5), input: x.rows(5), function)
        #expect(inPlace.values == again.values && gradient.values == dx.values)
        return [y.values, again.values, dx.values]
      }
    }
  }

  /// To the nearest, of two as near to the even one, and what is no number or infinite stays.
  @Test(arguments: CPULevel.supported)
  func keptNumbersAreRoundedToBFloat16(level: CPULevel) {
    let processor = Processor(level: level)
    let cases: [(Float, Float)] = [
      (0, 0), (-0.0, -0.0), (1, 1), (1 + 0x1p-8, 1), (1 + 0x1.8p-7, 1 + 0x1p-6),
      (-1 - 0x1.01p-8, -1 - 0x1p-7), (.infinity, .infinity), (-.infinity, -.infinity),
      (.greatestFiniteMagnitude, .infinity), (0x1p-140, 0), (0x1p-133, 0x1p-133),
      (3.14159, 3.140625),
    ]
    // Rows apart in memory, and as many columns as whole vectors and some.
    let columns = 37
    let buffer = FloatBuffer(count: 4 * 50)
    let matrix = Matrix(buffer.pointer, rows: 4, columns: columns, stride: 50)
    for row in 0..<4 {
      for column in 0..<columns {
        matrix.row(row)[column] = cases[(row * columns + column) % cases.count].0
      }
      for column in columns..<50 { matrix.row(row)[column] = 7 }
    }
    matrix.row(2)[5] = .nan
    let memory = FloatBuffer(count: 4 * columns)
    let kept = KeptMatrix(
      matrix,
      rounded: UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: UInt16.self))
    processor.keep(kept)
    for row in 0..<4 { matrix.row(row).update(repeating: -1, count: columns) }
    // Some rows alone, and then the others.
    processor.restore(kept.rows(1..<3))
    #expect(matrix.row(0)[0] == -1 && matrix.row(3)[0] == -1)
    processor.restore(kept.rows(0..<1))
    processor.restore(kept.rows(3..<4))
    for row in 0..<4 {
      for column in 0..<columns where (row, column) != (2, 5) {
        let (number, expected) = cases[(row * columns + column) % cases.count]
        #expect(
          matrix.row(row)[column].bitPattern == expected.bitPattern, "\(number), \(row), \(column)")
      }
      #expect((columns..<50).allSatisfy { matrix.row(row)[$0] == 7 })
    }
    #expect(matrix.row(2)[5].isNaN)
    // What stays is left alone.
    let before = buffer.values.map(\.bitPattern)
    processor.keep(KeptMatrix(matrix))
    processor.restore(KeptMatrix(matrix))
    #expect(buffer.values.map(\.bitPattern) == before)
  }

  @Test(arguments: CPULevel.supported, ActivationFunction.allCases)
  func activations(level: CPULevel, function: ActivationFunction) {
    for width in Self.widths {
      let x = FloatBuffer(randomValues(5 * width, seed: 1, bound: 5))
      let dy = FloatBuffer(randomValues(5 * width, seed: 2))
      compare(level) { p in
        let (y, dx) = (FloatBuffer(count: 5 * width), FloatBuffer(count: 5 * width))
        p.activationForward(y.rows(5), x.rows(5), function)
        p.activationBackward(
          inputGradient: dx.rows(5), outputGradient: dy.rows(5), input: x.rows(5), function)
        return [y.values, dx.values]
      }
    }
  }

  @Test(arguments: CPULevel.supported, widths)
  func rowSums(level: CPULevel, width: Int) {
    let x = randomValues(4 * width, seed: 1, bound: 8)
    let dy = FloatBuffer(randomValues(4 * width, seed: 2))
    let w = randomValues(width, seed: 3)
    let targets = (0..<4).map { Int32($0 % width) }
    compare(level) { p in
      let (y, dx) = (FloatBuffer(x), FloatBuffer(count: 4 * width))
      p.softmaxForward(y.rows(4))
      p.softmaxBackward(
        inputGradient: dx.rows(4), outputGradient: dy.rows(4), output: y.rows(4), scale: 3)
      let (logits, losses) = (FloatBuffer(x), FloatBuffer(count: 4))
      p.crossEntropyForward(logits: logits.rows(4), targets: targets, losses: losses.pointer)
      p.crossEntropyBackward(logits: logits.rows(4), targets: targets, scale: 0.3)
      let (n, dn, dw) = (
        FloatBuffer(count: 4 * width), FloatBuffer(count: 4 * width), FloatBuffer(count: width)
      )
      let (mean, deviation) = (FloatBuffer(count: 4), FloatBuffer(count: 4))
      // A variance near ε would magnify rounding, so a row of one element is left out.
      if width > 1 {
        p.layerNormForward(
          n.rows(4), view(x, rows: 4), weight: w, bias: w, epsilon: 1e-5,
          mean: mean.pointer, inverseDeviation: deviation.pointer)
        p.layerNormBackward(
          inputGradient: dn.rows(4), weightGradient: dw.pointer, biasGradient: nil,
          outputGradient: dy.rows(4), input: view(x, rows: 4), weight: w,
          mean: mean.pointer, inverseDeviation: deviation.pointer, accumulatesInput: false)
      }
      return [y, dx, logits, losses, n, dn, dw].map(\.values)
    }
  }

  @Test(arguments: CPULevel.supported, widths)
  func theRest(level: CPULevel, width: Int) {
    let x = randomValues(6 * width, seed: 1)
    let table = RotaryTable(maximumLength: 6, headWidth: 2 * width, theta: 10_000)
    compare(level) { p in
      let rotated = FloatBuffer(x + x)
      p.rotaryForward(rotated.rows(6), heads: 1, offsets: [0, 2, 6], table: table)
      let sum = FloatBuffer(x)
      p.add(sum.rows(6), view(randomValues(6 * width, seed: 2), rows: 6))
      let (mean, largest) = (FloatBuffer(count: 2 * width), FloatBuffer(count: 2 * width))
      var indices = [Int32](repeating: 0, count: 2 * width)
      p.meanPoolForward(mean.rows(2), view(x, rows: 6), offsets: [0, 1, 6])
      p.maxPoolForward(
        largest.rows(2), view(x, rows: 6), offsets: [0, 1, 6], indices: &indices)
      let (weights, m, v) = (
        FloatBuffer(x), FloatBuffer(count: x.count), FloatBuffer(count: x.count)
      )
      AdamW(learningRate: 0.1).step(
        parameters: weights.pointer, gradients: x, firstMoment: m.pointer,
        secondMoment: v.pointer, count: x.count, step: 3, decays: true, on: p)
      let squares = [Float(p.sumOfSquares(x, count: x.count))]
      return [rotated, sum, mean, largest, weights, m, v].map(\.values)
        + [squares, indices.map(Float.init)]
    }
  }

  @Test(arguments: CPULevel.supported, widths)
  func linearLayersAndWhatSurroundsThem(level: CPULevel, width: Int) {
    let x = randomValues(5 * width, seed: 1)
    let w = randomValues(7 * width, seed: 2)
    let dy = randomValues(5 * 7, seed: 3)
    let bias = randomValues(7, seed: 4)
    let stream = RandomStream(seed: 6, stream: 3)
    compare(level) { p in
      // Seven outputs are a narrow product, summed without BLAS.
      let (y, dx) = (FloatBuffer(count: 5 * 7), FloatBuffer(x))
      let (dw, db) = (FloatBuffer(count: 7 * width), FloatBuffer(count: 7))
      p.linearForward(y.rows(5), view(x, rows: 5), view(w, rows: 7), bias: bias)
      p.linearBackward(
        inputGradient: dx.rows(5), weightGradient: dw.rows(7), biasGradient: db.pointer,
        outputGradient: view(dy, rows: 5), input: view(x, rows: 5), weight: view(w, rows: 7),
        accumulatesInput: true)
      let dropped = FloatBuffer(x)
      p.dropoutForward(dropped.rows(5), rate: 0.3, random: stream, step: 2, firstRow: 9)
      let attended = FloatBuffer(x)
      p.softmaxForward(attended.rows(5), columns: -5...0)
      let (sum, gradient) = (FloatBuffer(count: 3 * width), FloatBuffer(count: 4 * width))
      let ids: [Int32] = [2, 0, 2, 1, 2]
      p.embeddingBackward(
        tableGradient: sum.rows(3), outputGradient: view(x, rows: 5), ids: ids)
      p.embeddingAddForward(gradient.rows(4), ids: [1, 1, 2, 0], table: sum.rows(3))
      let (n, dn) = (FloatBuffer(count: 5 * width), FloatBuffer(x))
      let (dWeight, dBias) = (FloatBuffer(count: width), FloatBuffer(count: width))
      let (mean, deviation) = (FloatBuffer(count: 5), FloatBuffer(count: 5))
      let ones = [Float](repeating: 1, count: width)
      // A variance near ε would magnify rounding, so a row of one element is left out.
      if width > 1 {
        p.layerNormForward(
          n.rows(5), view(x, rows: 5), weight: ones, bias: nil, epsilon: 1e-5,
          mean: mean.pointer, inverseDeviation: deviation.pointer)
        p.layerNormBackward(
          inputGradient: dn.rows(5), weightGradient: dWeight.pointer,
          biasGradient: dBias.pointer, outputGradient: view(x, rows: 5), input: view(x, rows: 5),
          weight: ones, mean: mean.pointer, inverseDeviation: deviation.pointer,
          accumulatesInput: true)
      }
      return [y, dx, dw, db, dropped, attended, sum, gradient, n, dn, dWeight, dBias].map(\.values)
    }
  }

  @Test(arguments: CPULevel.supported)
  func squaresOfExtremesStayFinite(level: CPULevel) {
    let p = Processor(level: level)
    let values = [Float](repeating: 1e30, count: 20_000) + [Float](repeating: 1e-30, count: 10)
    #expect(abs(p.sumOfSquares(values, count: 20_000) / 2e64 - 1) < 1e-6)
    #expect(p.sumOfSquares([1e-30], count: 1) > 0.99e-60)
    #expect(p.sumOfSquares([1, .nan, 2], count: 3).isNaN)
    #expect(p.sumOfSquares([], count: 0) == 0)
  }
}
