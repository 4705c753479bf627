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
  func commitsComeInOrder(count: Int) {
    let threads = Threads(count: count)
    let order = Mutex<[Int]>([])
    let workers = (0..<200).map { _ in Counter() }
    threads.forEachOrdered(200) { piece, worker in
      workers[piece].add(worker)
    } commit: { piece, worker in
      order.withLock { $0.append(piece) }
      #expect(workers[piece].value == worker)
    }
    #expect(order.withLock { $0 } == Array(0..<200))
  }

  @Test func nestedCallsRunOnTheirThread() {
    let threads = Threads(count: 2)
    let runs = Counter()
    threads.forEach(10) { _, worker in
      threads.forEach(10) { _, inner in
        #expect(inner == worker)
        threads.forEachOrdered(3) { _, _ in
        } commit: { _, _ in
          runs.add(1)
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
      Threads(count: count).forEachOrdered(500) { _, _ in
      } commit: { piece, _ in
        sum.pointer[0] += 1 / Float(piece + 1)
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
      Threads(count: count).forEachOrdered(5) { piece, worker in
        let rows = piece * 20..<min(90, piece * 20 + 20)
        parts[worker].clear()
        p.linearBackward(
          inputGradient: nil, weightGradient: parts[worker].rows(80),
          outputGradient: dy.rows(rows), input: x.rows(rows), weight: w)
      } commit: { _, worker in
        p.add(sum.rows(80), parts[worker].rows(80))
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
