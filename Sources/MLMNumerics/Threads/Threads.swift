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

  /// Runs `body` for each piece, and `commit` for each piece after that of the piece before it.
  ///
  /// One thread at a time is in `commit`, and it is the thread that ran the piece's `body`. Sums
  /// made there have one order whatever the number of threads.
  package func forEachOrdered(
    _ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void,
    commit: @Sendable (_ piece: Int, _ worker: Int) -> Void
  ) {
    // Pieces are handed out in order, so the one whose turn it is always has a thread.
    let turn = Turn()
    forEach(pieces) { piece, worker in
      body(piece, worker)
      turn.wait(for: piece)
      commit(piece, worker)
      turn.pass(after: piece)
    }
  }
}
