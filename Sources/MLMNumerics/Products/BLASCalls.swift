import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps calls of OpenBLAS and the end of the process apart.
///
/// On the way out of a process, by `exit` or a return from `main`, OpenBLAS gives its memory back, and
/// a thread in the middle of a product would crash. So the end waits for the products under way, some
/// milliseconds, and a thread that would begin another waits until the process is gone.
enum BLASCalls {
  private static let underWay = Atomic(0)
  private static let processEnds = Atomic(false)
  /// The most milliseconds that are waited: a handler of a signal may end the process in the middle of
  /// a product of its own thread.
  private static let patience = 1000

  /// What is registered is called before libraries are told of the end; it must be registered by then.
  private static let registration: Void = {
    atexit {
      BLASCalls.processEnds.store(true, ordering: .sequentiallyConsistent)
      for _ in 0..<BLASCalls.patience
      where BLASCalls.underWay.load(ordering: .sequentiallyConsistent) > 0 { usleep(1000) }
    }
  }()

  /// Has the end of the process wait for calls from now on.
  static func watchProcess() { _ = registration }

  /// Makes a call, unless the process ends.
  static func make(_ call: () -> Void) {
    // Whoever comes first, this thread sees the end or the end sees this call.
    underWay.add(1, ordering: .sequentiallyConsistent)
    if processEnds.load(ordering: .sequentiallyConsistent) {
      underWay.subtract(1, ordering: .sequentiallyConsistent)
      while true { pause() }
    }
    call()
    underWay.subtract(1, ordering: .releasing)
  }
}
