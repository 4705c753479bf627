#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A fixed number of threads that serve any number of callers at once.
///
/// A caller hands in numbered pieces of work and goes on; the threads take a piece of each caller in
/// turn, so that a short job does not wait for a long one. What a piece computes may depend on its number
/// only. Threads start when there is work for them, and end some time after the queue is gone.
package final class WorkQueue: Sendable {
  /// Jobs of one lane are begun in the order they are handed in, and count as one caller.
  package final class Lane: Sendable {
    package init() {}
  }

  /// The number of threads.
  package let threadCount: Int
  private let service: Service

  /// Creates a queue for `threadCount` threads, none of which starts before there is work.
  package init(threadCount: Int = Threads.defaultCount) {
    precondition(threadCount >= 1, "\(threadCount) threads cannot work")
    self.threadCount = threadCount
    service = Service(threadCount: threadCount)
    // The caller may end the process before the first product.
    BLASCalls.watchProcess()
  }

  deinit { service.close() }

  /// Hands in pieces 0..<`pieces`.
  ///
  /// - Parameters:
  ///   - pieces: How many there are; from 1.
  ///   - lane: What orders it among other jobs; nil for a caller of its own.
  ///   - stop: Once it is set, no further piece is begun.
  ///   - body: Gets the number of the piece, and that of the thread in 0..<`threadCount`, by which it may
  ///     choose memory nobody else uses meanwhile.
  ///   - finish: Called once, on one of the threads, when no piece is left.
  package func submit(
    _ pieces: Int, in lane: Lane? = nil, unless stop: StopFlag? = nil,
    _ body: @escaping @Sendable (_ piece: Int, _ worker: Int) -> Void,
    then finish: @escaping @Sendable () -> Void
  ) {
    precondition(pieces >= 1, "no pieces of work")
    service.add(Job(pieces: pieces, lane: lane, stop: stop, body: body, finish: finish))
  }
}

/// The pieces of one caller; what changes is guarded by the service's monitor.
private final class Job: @unchecked Sendable {
  let pieces: Int
  let lane: WorkQueue.Lane?
  let stop: StopFlag?
  let body: @Sendable (Int, Int) -> Void
  let finish: @Sendable () -> Void
  var next = 0
  var unfinished: Int

  init(
    pieces: Int, lane: WorkQueue.Lane?, stop: StopFlag?,
    body: @escaping @Sendable (Int, Int) -> Void, finish: @escaping @Sendable () -> Void
  ) {
    (self.pieces, self.lane, self.stop, self.body, self.finish) = (pieces, lane, stop, body, finish)
    unfinished = pieces
  }
}

/// What the threads share; outlives the queue until they have ended.
private final class Service: @unchecked Sendable {
  private let threadCount: Int
  private let monitor = Monitor()
  // Guarded by `monitor`:
  /// Jobs with pieces that no thread has begun, and the place of the one whose turn it is.
  private var jobs: [Job] = []
  private var turn = 0
  /// Threads there are, and those of them that are at a piece.
  private var started = 0
  private var busy = 0
  private var isClosed = false

  init(threadCount: Int) { self.threadCount = threadCount }

  func close() {
    monitor.locked {
      isClosed = true
      monitor.wakeAll()
    }
  }

  func add(_ job: Job) {
    monitor.locked {
      jobs.append(job)
      let waiting = jobs.reduce(0) { $0 + $1.pieces - $1.next }
      while started < threadCount && started - busy < waiting {
        start(worker: started)
        started += 1
      }
      monitor.wakeAll()
    }
  }

  /// Serves pieces until the queue is gone.
  func serve(worker: Int) {
    while let (job, piece) = nextPiece() {
      if !(job.stop?.isSet ?? false) { job.body(piece, worker) }
      let isLast = monitor.locked {
        busy -= 1
        job.unfinished -= 1
        return job.unfinished == 0
      }
      if isLast { job.finish() }
    }
  }

  /// Waits for a piece; nil once the queue is gone and nothing is left to do.
  private func nextPiece() -> (Job, Int)? {
    monitor.locked {
      while jobs.isEmpty && !isClosed { monitor.wait() }
      guard !jobs.isEmpty else { return nil }
      turn %= jobs.count
      var place = turn
      if let lane = jobs[turn].lane { place = jobs.firstIndex { $0.lane === lane } ?? turn }
      let job = jobs[place]
      let piece = job.next
      job.next += 1
      turn += 1
      if job.next == job.pieces {
        jobs.remove(at: place)
        turn -= 1
      }
      busy += 1
      return (job, piece)
    }
  }

  private func start(worker: Int) {
    let start = Unmanaged.passRetained(Start(service: self, worker: worker)).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let status = pthread_create(&thread, nil, threadMain, start)
    precondition(status == 0, "cannot start thread \(worker + 1) of \(threadCount)")
    #if canImport(Darwin)
      if let thread { pthread_detach(thread) }
    #else
      pthread_detach(thread)
    #endif
  }
}

/// What a new thread is told.
private final class Start {
  let service: Service
  let worker: Int
  init(service: Service, worker: Int) { (self.service, self.worker) = (service, worker) }
}

private func serve(_ argument: UnsafeMutableRawPointer) {
  let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
  start.service.serve(worker: start.worker)
}

#if canImport(Darwin)
  private func threadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    serve(argument)
    return nil
  }
#else
  private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { serve(argument) }
    return nil
  }
#endif
