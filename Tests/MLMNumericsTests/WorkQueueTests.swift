import MLMNumerics
import Synchronization
import Testing

@Suite struct WorkQueueTests {
  /// Counts how often each piece was run.
  private final class Tally: Sendable {
    let counts: Mutex<[Int]>
    init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }
    func note(_ piece: Int) { counts.withLock { $0[piece] += 1 } }
    var values: [Int] { counts.withLock { $0 } }
  }

  @Test(arguments: [1, 2, 7])
  func eachPieceOfEachJobIsRunOnce(threads: Int) {
    let queue = WorkQueue(threadCount: threads)
    let tallies = (1...20).map(Tally.init)
    let promises = tallies.map { tally in
      let promise = Promise<[Int]>()
      queue.submit(tally.values.count) { piece, worker in
        precondition((0..<threads).contains(worker))
        tally.note(piece)
      } then: {
        promise.fulfil(tally.values)
      }
      return promise
    }
    for (count, promise) in promises.enumerated() {
      #expect(promise.wait() == [Int](repeating: 1, count: count + 1))
    }
  }

  @Test func aShortJobDoesNotWaitForALongOne() {
    let queue = WorkQueue(threadCount: 1)
    let gate = Promise<Bool>()
    let long = Tally(1000)
    let (longDone, shortDone) = (Promise<Int>(), Promise<Int>())
    queue.submit(1000) { piece, _ in
      if piece == 0 { _ = gate.wait() }
      long.note(piece)
    } then: {
      longDone.fulfil(1)
    }
    queue.submit(1) { _, _ in
    } then: {
      shortDone.fulfil(long.values.reduce(0, +))
    }
    gate.fulfil(true)
    // One piece of the long one, then one of the short one.
    #expect(shortDone.wait() <= 2)
    #expect(longDone.wait() == 1)
    #expect(long.values.allSatisfy { $0 == 1 })
  }

  @Test func aStoppedJobBeginsNoPieceAndEnds() {
    let queue = WorkQueue(threadCount: 2)
    let stop = StopFlag()
    let tally = Tally(500)
    let done = Promise<Int>()
    queue.submit(500, unless: stop) { piece, _ in
      tally.note(piece)
      stop.set()
    } then: {
      done.fulfil(tally.values.reduce(0, +))
    }
    #expect((1...2).contains(done.wait()))
  }

  @Test func workOfAQueueThatIsGoneIsDone() {
    let tally = Tally(64)
    let done = Promise<[Int]>()
    do {
      let queue = WorkQueue(threadCount: 3)
      queue.submit(64) { piece, _ in
        tally.note(piece)
      } then: {
        done.fulfil(tally.values)
      }
    }
    #expect(done.wait() == [Int](repeating: 1, count: 64))
  }
}
