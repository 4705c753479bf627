import MLMNumerics
import MLMTestSupport
import Synchronization
import Testing

@Suite struct ThreadsTests {
  @Test(arguments: [1, 2, 5])
  func everyPieceRunsOnce(count: Int) {
    let threads = Threads(count: count)
    for pieces in [0, 1, 2, 7, 1000] {
      let runs = (0..<pieces).map { _ in Counter() }
      threads.forEach(pieces) { piece, worker in
        runs[piece].add(1)
        #expect((0..<count).contains(worker))
      }
      #expect(runs.allSatisfy { $0.value == 1 })
    }
  }

  @Test func noTwoPiecesShareAWorkerAtATime() {
    let threads = Threads(count: 3)
    let busy = (0..<3).map { _ in Counter() }
    threads.forEach(2000) { _, worker in
      #expect(busy[worker].add(1) == 1)
      busy[worker].add(-1)
    }
  }

  @Test(arguments: [1, 2, 4])
  func stagesComeInOrder(count: Int) {
    let threads = Threads(count: count)
    let orders = [PieceList(), PieceList()]
    let workers = (0..<200).map { _ in Counter() }
    threads.forEachOrdered(200, stages: 2) { piece, worker, stages in
      workers[piece].add(worker)
      for stage in [1, 0] {
        stages.inTurn(stage) {
          orders[stage].pieces.withLock { $0.append(piece) }
          #expect(workers[piece].value == worker)
        }
      }
    }
    for order in orders { #expect(order.pieces.withLock { $0 } == Array(0..<200)) }
  }

  /// The pieces after one that leaves out a stage do not wait for it.
  @Test(arguments: [1, 2, 4])
  func aStageMayBeLeftOut(count: Int) {
    let order = Mutex<[Int]>([])
    Threads(count: count).forEachOrdered(100, stages: 3) { piece, _, stages in
      guard piece % 3 == 0 else { return }
      stages.inTurn(1) { order.withLock { $0.append(piece) } }
    }
    #expect(order.withLock { $0 } == Array(stride(from: 0, to: 100, by: 3)))
  }

  @Test func nestedCallsRunOnTheirThread() {
    let threads = Threads(count: 2)
    let runs = Counter()
    threads.forEach(10) { _, worker in
      threads.forEach(10) { _, inner in
        #expect(inner == worker)
        threads.forEachOrdered(3, stages: 1) { _, _, stages in
          stages.inTurn(0) { runs.add(1) }
        }
      }
    }
    #expect(runs.value == 300)
  }

  @Test func oneGroupMayUseAnother() {
    let (outer, inner) = (Threads(count: 2), Threads(count: 2))
    let runs = Counter()
    outer.forEach(20) { _, _ in inner.forEach(20) { _, _ in runs.add(1) } }
    #expect(runs.value == 400)
  }

  /// A sum of floats changes with its order, which must not change with the threads.
  @Test func orderedSumsDoNotDependOnTheNumberOfThreads() {
    let sums = [1, 2, 7].map { count in
      let sum = FloatBuffer(count: 1)
      Threads(count: count).forEachOrdered(500, stages: 1) { piece, _, stages in
        stages.inTurn(0) { sum.pointer[0] += 1 / Float(piece + 1) }
      }
      return sum.pointer[0].bitPattern
    }
    #expect(Set(sums).count == 1)
  }

  /// The weight gradient of 90 rows in pieces of 20, each piece in memory of its worker.
  @Test func gradientsDoNotDependOnTheNumberOfThreads() {
    let p = Processor.current
    let x = view(randomValues(90 * 70, seed: 1), rows: 90)
    let dy = view(randomValues(90 * 80, seed: 2), rows: 90)
    let w = view(randomValues(80 * 70, seed: 3), rows: 80)
    let gradients = [1, 2, 5].map { count in
      let sum = FloatBuffer(count: 80 * 70)
      let parts = (0..<count).map { _ in FloatBuffer(count: 80 * 70) }
      Threads(count: count).forEachOrdered(5, stages: 1) { piece, worker, stages in
        let rows = piece * 20..<min(90, piece * 20 + 20)
        parts[worker].clear()
        p.linearBackward(
          inputGradient: nil, weightGradient: parts[worker].rows(80),
          outputGradient: dy.rows(rows), input: x.rows(rows), weight: w)
        stages.inTurn(0) { p.add(sum.rows(80), parts[worker].rows(80)) }
      }
      return sum.values
    }
    #expect(gradients[1] == gradients[0] && gradients[2] == gradients[0])
    #expect(gradients[0].contains { $0 != 0 })
  }

  @Test func theDefaultIsAtLeastOne() {
    #expect(Threads.defaultCount >= 1)
    #expect(Threads().count == Threads.defaultCount)
  }
}

/// A number threads may add to.
final class Counter: Sendable {
  private let number = Atomic(0)
  var value: Int { number.load(ordering: .sequentiallyConsistent) }
  @discardableResult
  func add(_ n: Int) -> Int { number.add(n, ordering: .sequentiallyConsistent).newValue }
}

private final class PieceList: Sendable {
  let pieces = Mutex<[Int]>([])
}
