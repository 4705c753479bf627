#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A lock, and a place to wait for what it guards to change.
final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Gives up the lock until woken, which may happen for no reason.
  func wait() { pthread_cond_wait(condition, mutex) }

  func wakeAll() { pthread_cond_broadcast(condition) }
}

/// Whose turn it is among pieces that come in order.
final class Turn: @unchecked Sendable {
  private let monitor = Monitor()
  private var next = 0

  func wait(for piece: Int) {
    monitor.locked { while next != piece { monitor.wait() } }
  }

  func pass(after piece: Int) {
    monitor.locked {
      next = piece + 1
      monitor.wakeAll()
    }
  }

  /// Lets the piece after `piece` go on, if it may not already, in its turn.
  func passIfNotPassed(after piece: Int) {
    monitor.locked {
      guard next <= piece else { return }
      while next != piece { monitor.wait() }
      next = piece + 1
      monitor.wakeAll()
    }
  }
}
