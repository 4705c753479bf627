import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct DropoutTests {
  let stream = RandomStream(seed: 7, stream: 3)

  func dropped(
    rows: Int, columns: Int, rate: Float, step: UInt64 = 1, firstRow: Int = 0,
    on p: Processor = .current
  ) -> [Float] {
    let x = FloatBuffer([Float](repeating: 1, count: rows * columns))
    p.dropoutForward(x.rows(rows), rate: rate, random: stream, step: step, firstRow: firstRow)
    return x.values
  }

  /// With a million elements the standard deviation of the share is below 0.0005.
  @Test(arguments: [Float(0.1), 0.5, 0.9])
  func theRateIsKept(rate: Float) {
    let y = dropped(rows: 1000, columns: 1000, rate: rate)
    let zeros = Double(y.count { $0 == 0 }) / 1e6
    #expect(abs(zeros - Double(rate)) < 0.0025)
    #expect(y.allSatisfy { $0 == 0 || $0 == 1 / (1 - rate) })
  }

  @Test(arguments: CPULevel.supported)
  func everyLevelDropsTheWordsOfTheStream(level: CPULevel) {
    // Column w·16 + b of group g of row r takes word w of block 16·(r·groups + g) + b.
    let (rows, columns, firstRow) = (5, 150, 1000)
    let y = dropped(
      rows: rows, columns: columns, rate: 0.25, step: 1 << 40, firstRow: firstRow,
      on: Processor(level: level))
    for r in 0..<rows {
      for c in 0..<columns {
        let group = (firstRow + r) * 3 + c / 64
        let block = stream.bits(step: 1 << 40, position: UInt64(group * 16 + c % 16))
        let word = block[c % 64 / 16]
        #expect((y[r * columns + c] != 0) == (word >= 1 << 30))
      }
    }
  }

  @Test func backwardDropsWhatForwardDropped() {
    let forward = dropped(rows: 20, columns: 100, rate: 0.3, step: 5, firstRow: 3)
    let gradient = FloatBuffer(pattern(2000, seed: 1))
    let before = gradient.values
    Processor.current.dropoutBackward(
      gradient.rows(20), rate: 0.3, random: stream, step: 5, firstRow: 3)
    #expect(gradient.values == zip(before, forward).map { $0 * $1 })
  }

  @Test func rowsMayBeCutAnywhereAndStepsDiffer() {
    let whole = dropped(rows: 10, columns: 70, rate: 0.5)
    let parts =
      dropped(rows: 3, columns: 70, rate: 0.5)
      + dropped(rows: 7, columns: 70, rate: 0.5, firstRow: 3)
    #expect(whole == parts)
    #expect(whole != dropped(rows: 10, columns: 70, rate: 0.5, step: 2))
    #expect(dropped(rows: 2, columns: 70, rate: 0).allSatisfy { $0 == 1 })
  }

  @Test func notANumberStaysOneWhereKept() {
    let x = FloatBuffer([Float](repeating: .nan, count: 1000))
    Processor.current.dropoutForward(x.rows(1), rate: 0.5, random: stream, step: 1, firstRow: 0)
    #expect(x.values.contains { $0.isNaN } && x.values.contains(0))
  }
}
