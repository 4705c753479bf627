#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Holds the end of the process until the work that threads are at is done.
///
/// On the way out of a process, by `exit` or a return from `main`, OpenBLAS gives its memory back, and
/// a thread in the middle of a product would crash. Work that was not begun by then never is: the thread
/// that asks for it waits until the process is gone.
final class ProcessEnd: @unchecked Sendable {
  private static let shared: ProcessEnd = {
    // What is registered here is called before libraries are told of the end.
    atexit { ProcessEnd.shared.waitForWork() }
    return ProcessEnd()
  }()

  private let monitor = Monitor()
  // Guarded by `monitor`:
  private var threadsAtWork: [pthread_t] = []
  private var isNear = false

  /// Does work that the end of the process waits for, unless that has come.
  static func waits(for work: () -> Void) {
    shared.begin()
    work()
    shared.finish()
  }

  private func begin() {
    monitor.locked {
      while isNear { monitor.wait() }
      threadsAtWork.append(pthread_self())
    }
  }

  private func finish() {
    monitor.locked {
      threadsAtWork.removeAll { pthread_equal($0, pthread_self()) != 0 }
      if isNear { monitor.wakeAll() }
    }
  }

  private func waitForWork() {
    monitor.locked {
      isNear = true
      // A handler of a signal may have ended the process on a thread that is itself at work.
      while threadsAtWork.contains(where: { pthread_equal($0, pthread_self()) == 0 }) {
        monitor.wait()
      }
    }
  }
}
