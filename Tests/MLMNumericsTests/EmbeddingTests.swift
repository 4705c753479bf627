import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct EmbeddingTests {
  let ids: [Int32] = [4, 1, 4, 0]

  func forward(_ table: [Float], on p: Processor) -> [Float] {
    let y = FloatBuffer(count: 12)
    p.embeddingForward(y.rows(4), ids: ids, table: view(table, rows: 5))
    return y.values
  }

  @Test(arguments: CPULevel.supported)
  func embeddingMatchesTorch(level: CPULevel) {
    let p = Processor(level: level)
    #expect(maxDifference(forward(pattern(15, seed: 12), on: p), Reference.embedding) < 1e-7)
    let gradient = FloatBuffer(count: 15)
    p.embeddingBackward(
      tableGradient: gradient.rows(5), outputGradient: view(pattern(12, seed: 13), rows: 4),
      ids: ids)
    #expect(maxDifference(gradient.values, Reference.embeddingTableGradient) < 1e-6)
  }

  @Test(arguments: CPULevel.supported)
  func gradientMatchesDifferences(level: CPULevel) {
    let p = Processor(level: level)
    let (table, dy) = (randomValues(15, seed: 1), randomValues(12, seed: 2))
    let gradient = FloatBuffer(count: 15)
    p.embeddingBackward(
      tableGradient: gradient.rows(5), outputGradient: view(dy, rows: 4), ids: ids)
    #expect(checkGradient(gradient.values, at: table) { dot(forward($0, on: p), dy) } < 1e-3)
  }

  @Test func rowsAreGatheredAndScattered() {
    let x = FloatBuffer(pattern(15, seed: 1))
    let y = FloatBuffer(count: 6)
    Processor.current.gatherRows(y.rows(2), from: x.rows(5), rows: [3, 0])
    #expect(y.values == Array(x.values[9..<12] + x.values[0..<3]))
    let sum = FloatBuffer([Float](repeating: 1, count: 9))
    Processor.current.scatterAddRows(sum.rows(3), from: y.rows(2), rows: [2, 2])
    let expected = (0..<3).map { 1 + y.values[$0] + y.values[3 + $0] }
    #expect(sum.values == [Float](repeating: 1, count: 6) + expected)
  }

  @Test(arguments: CPULevel.supported)
  func rowsAreAddedAndOneIsLeftOut(level: CPULevel) {
    let p = Processor(level: level)
    let table = (0..<12).map(Float.init)
    let y = FloatBuffer([Float](repeating: 100, count: 9))
    p.embeddingAddForward(y.rows(3), ids: [3, 0, 3], table: view(table, rows: 4))
    #expect(y.values == [109, 110, 111, 100, 101, 102, 109, 110, 111])
    let gradient = FloatBuffer(count: 12)
    p.embeddingBackward(
      tableGradient: gradient.rows(4), outputGradient: view((1...9).map(Float.init), rows: 3),
      ids: [3, 0, 3], leavingOut: 0)
    #expect(gradient.values == [0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 12])
  }
}
