#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The threads behind `Threads`: they wait, run a piece of code each, and wait again.
final class Crew: @unchecked Sendable {
  typealias Work = @Sendable (_ worker: Int) -> Void

  private let monitor = Monitor()
  private let entry = Monitor()
  // Guarded by `monitor`:
  private var work: Work?
  private var round = 0
  private var wanted = 0
  private var busy = 0
  private var isDismissed = false

  init(helpers: Int) {
    for index in 0..<helpers {
      let start = Unmanaged.passRetained(Start(crew: self, worker: index + 1)).toOpaque()
      #if canImport(Glibc)
        var thread = pthread_t()
      #else
        var thread: pthread_t?
      #endif
      let status = pthread_create(&thread, nil, helperMain, start)
      precondition(status == 0, "cannot start thread \(index + 1) of \(helpers)")
      #if canImport(Glibc)
        pthread_detach(thread)
      #else
        if let thread { pthread_detach(thread) }
      #endif
    }
  }

  /// Lets the helpers end once they are idle.
  func dismiss() {
    monitor.locked {
      isDismissed = true
      monitor.wakeAll()
    }
  }

  /// Runs `work` on this thread as worker 0 and on the first `helpers` helpers, until all return.
  func run(helpers: Int, _ work: Work) {
    withoutActuallyEscaping(work) { runEscaping($0, helpers: helpers) }
  }

  private func runEscaping(_ work: @escaping Work, helpers: Int) {
    entry.locked {
      if helpers > 0 {
        monitor.locked {
          self.work = work
          wanted = helpers
          busy = helpers
          round += 1
          monitor.wakeAll()
        }
      }
      within(worker: 0) { work(0) }
      if helpers > 0 {
        monitor.locked {
          while busy > 0 { monitor.wait() }
          self.work = nil
        }
      }
    }
  }

  /// Serves rounds until the crew is dismissed.
  func serve(worker: Int) {
    var round = 0
    while serveNext(after: &round, worker: worker) {
      monitor.locked {
        busy -= 1
        if busy == 0 { monitor.wakeAll() }
      }
    }
  }

  /// Waits for a round that wants this worker and serves it; returns false once dismissed.
  ///
  /// A function of its own, because the work must be let go of before the round is reported done:
  /// it lives no longer than the call that brought it.
  @inline(never)
  private func serveNext(after seen: inout Int, worker: Int) -> Bool {
    let next: Work? = monitor.locked {
      while !isDismissed && (round == seen || worker > wanted) {
        seen = round
        monitor.wait()
      }
      seen = round
      return isDismissed ? nil : work
    }
    guard let next else { return false }
    within(worker: worker) { next(worker) }
    return true
  }

  /// The number of the worker this thread is at the moment, nil outside the crew's work.
  var workerOfThisThread: Int? {
    var place = Place.current
    while let here = place {
      if here.crew === self { return here.worker }
      place = here.outer
    }
    return nil
  }

  private func within(worker: Int, _ body: () -> Void) {
    let place = Place(crew: self, worker: worker, outer: Place.current)
    Place.current = place
    body()
    Place.current = place.outer
  }
}

/// What a new thread is told.
private final class Start {
  let crew: Crew
  let worker: Int
  init(crew: Crew, worker: Int) { (self.crew, self.worker) = (crew, worker) }
}

#if canImport(Glibc)
  private func helperMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    start.crew.serve(worker: start.worker)
    return nil
  }
#else
  private func helperMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    start.crew.serve(worker: start.worker)
    return nil
  }
#endif

/// Whose work a thread is in, innermost first.
private final class Place {
  let crew: Crew
  let worker: Int
  let outer: Place?

  init(crew: Crew, worker: Int, outer: Place?) {
    (self.crew, self.worker, self.outer) = (crew, worker, outer)
  }

  static var current: Place? {
    get {
      pthread_getspecific(key).map { Unmanaged<Place>.fromOpaque($0).takeUnretainedValue() }
    }
    set {
      if let held = pthread_getspecific(key) { Unmanaged<Place>.fromOpaque(held).release() }
      pthread_setspecific(key, newValue.map { Unmanaged.passRetained($0).toOpaque() })
    }
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key, nil)
    precondition(status == 0, "no thread-specific memory left")
    return key
  }()
}
