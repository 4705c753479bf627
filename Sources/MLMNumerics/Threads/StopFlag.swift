import Synchronization

/// Tells work on other threads to stop.
package final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  private let condition: (@Sendable () -> Bool)?

  /// Creates a flag that is not set.
  ///
  /// - Parameter condition: Something else that sets it, while it holds.
  package init(alsoWhen condition: (@Sendable () -> Bool)? = nil) {
    self.condition = condition
  }

  /// Whether the work is to stop.
  package var isSet: Bool { flag.load(ordering: .relaxed) || condition?() ?? false }

  /// Asks for the work to stop.
  package func set() { flag.store(true, ordering: .relaxed) }
}
