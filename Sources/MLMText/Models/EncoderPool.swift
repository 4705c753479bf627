import Synchronization

/// Lends encoder states, so that a tokenizer can be used from any number of threads and each finds
/// a word cache that is warm.
final class EncoderPool: Sendable {
  /// Moves a state between threads; only one of them has it at a time.
  private struct Loan: @unchecked Sendable {
    let state: EncoderState
  }

  private let model: BytePairModel
  private let idle = Mutex<[Loan]>([])

  init(_ model: BytePairModel) { self.model = model }

  /// Calls `body` with a state that nobody else uses meanwhile.
  func withState<Result>(_ body: (EncoderState) -> Result) -> Result {
    let loan = idle.withLock { $0.popLast() } ?? Loan(state: EncoderState(model))
    defer {
      loan.state.finish()
      idle.withLock { $0.append(loan) }
    }
    return body(loan.state)
  }
}
