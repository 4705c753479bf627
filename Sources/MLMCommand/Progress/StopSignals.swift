import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Signals that ask a long command to stop.
///
/// The first SIGINT or SIGTERM is noted, for the command to act on between two steps. The second ends
/// the process at once, as if the first had never been caught.
enum StopSignals {
  private static let requests = Atomic<Int>(0)

  /// Starts to note signals.
  static func watch() {
    // Made before the handler can run: a handler must not wait for a lock.
    _ = isStopRequested
    _ = lastSignal.load(ordering: .relaxed)
    signal(SIGINT, note)
    signal(SIGTERM, note)
    // Processes started from a thread that takes no signals would never hear of them.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Whether a signal came.
  static var isStopRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// Throws ``Stopped`` if a signal came: for commands that have nothing to keep.
  static func check() throws(Stopped) {
    if isStopRequested { throw Stopped() }
  }

  /// Ends the process the way the signal that came would have.
  static func endOfStop() -> Never {
    let number = Int32(lastSignal.load(ordering: .relaxed))
    signal(number, SIG_DFL)
    raise(number)
    exit(ExitReason.failure.rawValue)
  }

  private static let lastSignal = Atomic<Int>(Int(SIGINT))

  private static let note: @convention(c) (Int32) -> Void = { number in
    StopSignals.lastSignal.store(Int(number), ordering: .relaxed)
    let count = StopSignals.requests.add(1, ordering: .relaxed).newValue
    guard count > 1 else { return }
    signal(number, SIG_DFL)
    raise(number)
  }

  /// Makes writing to a closed pipe an error instead of a signal: a reader of the progress that goes
  /// away must not end a run.
  static func keepPipesQuiet() { signal(SIGPIPE, SIG_IGN) }

  /// Ends the process the way a closed standard output ends other programs.
  static func endOfBrokenPipe() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    exit(ExitReason.writeError.rawValue)
  }
}
