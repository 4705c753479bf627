import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct MatrixProductTests {
  /// The product in double, the plain way.
  func plain(
    _ a: [Float], _ b: [Float], _ shape: (Int, Int, Int), transposeA: Bool, transposeB: Bool
  ) -> [Float] {
    let (m, k, n) = shape
    return (0..<m * n).map { index in
      let (r, c) = (index / n, index % n)
      return Float(
        (0..<k).reduce(0.0) { sum, i in
          let left = transposeA ? a[i * m + r] : a[r * k + i]
          let right = transposeB ? b[c * k + i] : b[i * n + c]
          return sum + Double(left) * Double(right)
        })
    }
  }

  @Test func productMatchesTorch() {
    let c = FloatBuffer(count: 15)
    Processor.current.multiply(
      c.rows(3), view(pattern(12, seed: 30), rows: 3),
      view(pattern(20, seed: 31), rows: 4), scale: 0.5)
    #expect(maxDifference(c.values, Reference.product) < 1e-6)
  }

  /// Shapes on both sides of the limits for few rows and few columns.
  @Test(arguments: CPULevel.supported, [false, true])
  func everyFormMatchesThePlainProduct(level: CPULevel, independent: Bool) {
    let p = Processor(level: level)
    for (m, k, n) in [
      (1, 1, 1), (3, 5, 2), (31, 7, 64), (33, 40, 70), (5, 100, 65), (40, 9, 63), (24, 64, 131),
      (7, 13, 64),
    ] {
      let (a, b) = (randomValues(m * k, seed: 1), randomValues(k * n, seed: 2))
      for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)]
      where !(transposeA && independent) {
        let expected = plain(a, b, (m, k, n), transposeA: transposeA, transposeB: transposeB)
        let c = FloatBuffer([Float](repeating: 2, count: m * n))
        let product = { (accumulate: Bool) in
          p.multiply(
            c.rows(m), view(a, rows: transposeA ? k : m),
            view(b, rows: transposeB ? n : k), transposeA: transposeA,
            transposeB: transposeB, scale: 0.5, accumulate: accumulate,
            rowsAreIndependent: independent)
        }
        product(true)
        #expect(maxDifference(c.values, expected.map { 2 + $0 / 2 }) < 1e-5)
        product(false)
        #expect(maxDifference(c.values, expected.map { $0 / 2 }) < 1e-5)
      }
    }
  }

  @Test func viewsLeaveTheirSurroundingsAlone() {
    for independent in [false, true] {
      let c = FloatBuffer([Float](repeating: 7, count: 6 * 100))
      let a = view(pattern(6 * 50, seed: 1), rows: 6).rows(1..<4).columns(10..<20)
      let b = view(pattern(10 * 80, seed: 2), rows: 10).columns(0..<70)
      let view = c.rows(6).rows(2..<5).columns(20..<90)
      Processor.current.multiply(view, a, b, rowsAreIndependent: independent)
      let inside = { (i: Int) in (2..<5).contains(i / 100) && (20..<90).contains(i % 100) }
      #expect(c.values.enumerated().allSatisfy { inside($0) ? $1 != 7 : $1 == 7 })
    }
  }

  @Test func emptyProductsAreZero() {
    let p = Processor.current
    let c = FloatBuffer([Float](repeating: 7, count: 4))
    let nothing = FloatBuffer(count: 0)
    p.multiply(
      c.rows(2), nothing.matrix(rows: 2, columns: 0), nothing.matrix(rows: 0, columns: 2),
      accumulate: true)
    #expect(c.values == [7, 7, 7, 7])
    p.multiply(c.rows(2), nothing.matrix(rows: 2, columns: 0), nothing.matrix(rows: 0, columns: 2))
    #expect(c.values == [0, 0, 0, 0])
    p.multiply(nothing.matrix(rows: 0, columns: 2), nothing.matrix(rows: 0, columns: 2), c.rows(2))
  }

  @Test(arguments: [false, true])
  func notANumberStaysInItsRow(independent: Bool) {
    for (columns, rows) in [(64, 40), (64, 3), (5, 3)] {
      let a = FloatBuffer(pattern(rows * 8, seed: 1))
      a.pointer[8 + 2] = .nan
      let c = FloatBuffer(count: rows * columns)
      Processor.current.multiply(
        c.rows(rows), a.rows(rows), view(pattern(columns * 8, seed: 2), rows: columns),
        transposeB: true, rowsAreIndependent: independent)
      #expect(c.values.enumerated().allSatisfy { $1.isNaN == ($0 / columns == 1) })
    }
  }

  /// Each of 1...300 rows, and rows at other places of the batch, against a batch of 300.
  @Test(arguments: [(256, 64), (64, 256), (256, 768), (192, 2)])
  func rowsDoNotDependOnTheBatch(inputs: Int, outputs: Int) {
    let p = Processor.current
    let rows = 300
    let x = FloatBuffer(randomValues(rows * inputs, seed: 1))
    let w = FloatBuffer(randomValues(outputs * inputs, seed: 2))
    let forward = { (range: Range<Int>) -> [Float] in
      let y = FloatBuffer(count: range.count * outputs)
      p.linearForward(
        y.rows(range.count), x.rows(rows).rows(range), w.matrix(rows: outputs, columns: inputs))
      return y.values
    }
    let whole = forward(0..<rows)
    let ranges =
      (1...rows).map { 0..<$0 } + [1, 2, 3, 5, 6, 11, 12, 17, 31, 32, 33, 150].map { $0..<rows }
      + (0..<60).map { $0 * 5..<$0 * 5 + 1 } + [7..<20, 100..<164, 23..<61]
    let exact = Machine.current.rowsAreExact || outputs < 64
    for range in ranges {
      let expected = Array(whole[range.lowerBound * outputs..<range.upperBound * outputs])
      let found = forward(range)
      let difference = relativeDifference(found, expected)
      #expect(exact ? difference == 0 : difference < 1e-6, "rows \(range)")
    }
  }
}
