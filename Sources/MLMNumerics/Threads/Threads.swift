import CMLMKernels
import Synchronization

/// A fixed number of threads that share out numbered pieces of work.
///
/// What a piece computes may depend on its number only; which thread takes it, and when, changes
/// from run to run. A call made from inside a piece runs on the thread of that piece, one piece
/// after the other. Calls from different threads take turns.
package final class Threads: Sendable {
  /// The number of threads, the caller's included.
  package let count: Int
  private let crew: Crew

  /// Starts `count` − 1 threads, which wait without using time until there is work.
  package init(count: Int = Threads.defaultCount) {
    precondition(count >= 1, "\(count) threads cannot work")
    self.count = count
    crew = Crew(helpers: count - 1)
  }

  deinit { crew.dismiss() }

  /// The number of CPUs this process may run on, 64 at most: so many threads may call BLAS at once.
  package static var defaultCount: Int { min(64, Int(mlm_available_cpus())) }

  /// Runs `body` for each piece in 0..<`pieces`, and returns when all are done.
  ///
  /// - Parameter body: Gets the number of the piece, and that of the thread in 0..<`count`, by
  ///   which it may choose memory nobody else uses meanwhile.
  package func forEach(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
    if let worker = crew.workerOfThisThread {
      for piece in 0..<pieces { body(piece, worker) }
      return
    }
    let next = Atomic(0)
    withoutActuallyEscaping(body) { body in
      crew.run(helpers: min(pieces, count) - 1) { worker in
        while true {
          let piece = next.add(1, ordering: .relaxed).oldValue
          guard piece < pieces else { return }
          body(piece, worker)
        }
      }
    }
  }

  /// Runs `body` for each piece; what it does in a stage comes after the same stage of the piece
  /// before.
  ///
  /// One thread at a time is in a stage, so that sums made there have one order whatever the number
  /// of threads.
  ///
  /// - Parameter body: Gets the number of the piece, that of the thread, and the piece's stages.
  package func forEachOrdered(
    _ pieces: Int, stages: Int,
    _ body: @Sendable (_ piece: Int, _ worker: Int, _ stages: PieceStages) -> Void
  ) {
    // Pieces are handed out in order, so the one whose turn it is always has a thread.
    let turns = (0..<stages).map { _ in Turn() }
    forEach(pieces) { piece, worker in
      body(piece, worker, PieceStages(turns: turns, piece: piece))
      // The next piece would wait for ever for a stage that this one left out.
      for turn in turns { turn.passIfNotPassed(after: piece) }
    }
  }
}

/// The stages that a piece of work goes through, each after the same stage of the piece before.
package struct PieceStages: Sendable {
  fileprivate let turns: [Turn]
  fileprivate let piece: Int

  /// Does a stage's work in the piece's turn; once for each stage at most, and in the same order for
  /// all pieces.
  package func inTurn(_ stage: Int, _ work: () -> Void) {
    turns[stage].wait(for: piece)
    work()
    turns[stage].pass(after: piece)
  }
}
