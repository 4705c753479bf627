import MLM
import MLMNumerics
import Testing

@Suite struct NearestRowsTests {
  private let width = 24

  /// Rows of length 1 with random directions; some of them twice.
  private func rows(_ count: Int, stream: UInt32) -> FloatBuffer {
    let random = RandomStream(seed: 3, stream: stream)
    let buffer = FloatBuffer(count: max(1, count * width))
    for row in 0..<count {
      // Every tenth row is the one before it once more.
      let source = row % 10 == 9 ? row - 1 : row
      var values = (0..<width).map {
        2 * random.uniform(step: UInt64(source), position: UInt64($0)) - 1
      }
      let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      values = values.map { $0 / length }
      for column in 0..<width { buffer.pointer[row * width + column] = Float(values[column]) }
    }
    return buffer
  }

  private func product(_ a: Matrix, _ i: Int, _ b: Matrix, _ j: Int) -> Double {
    (0..<width).reduce(0) { $0 + Double(a.row(i)[$1]) * Double(b.row(j)[$1]) }
  }

  @Test(arguments: [0, 1, 5, 1024, 2500])
  func nearestAreThoseOfComparingEverything(count: Int) {
    let (rowMemory, queryMemory) = (rows(count, stream: 0), rows(40, stream: 1))
    let all = rowMemory.matrix(rows: count, columns: width)
    let queries = queryMemory.matrix(rows: 40, columns: width)
    let found = NearestRows(all, threads: Threads(count: 1)).matches(queries, count: 12)
    #expect(NearestRows(all, threads: Threads(count: 3)).matches(queries, count: 12) == found)
    #expect(found.count == 40)
    for (query, matches) in found.enumerated() {
      #expect(matches.count == min(12, count))
      for match in matches {
        #expect(abs(match.score - product(queries, query, all, match.row)) < 2e-6)
      }
      for (a, b) in zip(matches, matches.dropFirst()) {
        #expect(a.score > b.score || (a.score == b.score && a.row < b.row))
      }
      let taken = Set(matches.map(\.row))
      for row in 0..<count where !taken.contains(row) {
        #expect(product(queries, query, all, row) <= (matches.last?.score ?? 2) + 2e-6)
      }
    }
  }

  @Test func equalRowsComeInTheirOrder() {
    let memory = FloatBuffer(count: 3000 * width)
    for row in 0..<3000 { memory.pointer[row * width] = 1 }
    let all = memory.matrix(rows: 3000, columns: width)
    let nearest = NearestRows(all, threads: Threads(count: 2))
    let matches = nearest.matches(all.rows(0..<1), count: 2000)[0]
    #expect(matches.map(\.row) == Array(0..<2000))
    #expect(matches.allSatisfy { $0.score == 1 })
  }

  @Test func rowsThatAreNoNumbersAreNotFound() {
    let memory = rows(50, stream: 0)
    memory.pointer[7 * width] = .nan
    let all = memory.matrix(rows: 50, columns: width)
    let matches = NearestRows(all, threads: Threads(count: 1)).matches(all.rows(0..<1), count: 50)
    #expect(matches[0].count == 49)
    #expect(!matches[0].contains { $0.row == 7 })
  }
}
