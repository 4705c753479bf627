/// A value that another thread will bring.
package final class Promise<Value: Sendable>: @unchecked Sendable {
  private let monitor = Monitor()
  // Guarded by `monitor`:
  private var value: Value?

  package init() {}

  /// Brings the value; once.
  package func fulfil(_ value: Value) {
    monitor.locked {
      precondition(self.value == nil, "a promise is kept once")
      self.value = value
      monitor.wakeAll()
    }
  }

  /// Waits for the value.
  package func wait() -> Value {
    monitor.locked {
      while true {
        if let value { return value }
        monitor.wait()
      }
    }
  }
}
