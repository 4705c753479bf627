import Synchronization

/// Lends encoder states, so that a tokenizer can be used from any number of threads and each finds
/// a word cache that is warm.
package final class EncoderPool: Sendable {
  /// A state in memory of its own, which only one thread at a time has: a class would have every
  /// access checked for overlaps while the program runs.
  private struct Loan: @unchecked Sendable {
    let state: UnsafeMutablePointer<EncoderState>
  }

  private let model: TokenModel
  private let idle = Mutex<[Loan]>([])

  init(_ model: TokenModel) { self.model = model }

  deinit {
    let loans = idle.withLock { loans in
      defer { loans = [] }
      return loans
    }
    for loan in loans {
      loan.state.deinitialize(count: 1)
      loan.state.deallocate()
    }
  }

  /// Calls `body` with a state that nobody else uses meanwhile.
  package func withState<Result>(_ body: (inout EncoderState) -> Result) -> Result {
    let loan = idle.withLock { $0.popLast() } ?? newLoan()
    defer {
      loan.state.pointee.finish()
      idle.withLock { $0.append(loan) }
    }
    return body(&loan.state.pointee)
  }

  private func newLoan() -> Loan {
    let state = UnsafeMutablePointer<EncoderState>.allocate(capacity: 1)
    state.initialize(to: EncoderState(model))
    return Loan(state: state)
  }
}
