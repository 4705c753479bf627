#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Runs a few pieces of work side by side.
enum WorkerThreads {
  private final class Work {
    let body: (Int) -> Void
    let index: Int
    init(_ body: @escaping (Int) -> Void, _ index: Int) {
      self.body = body
      self.index = index
    }
  }

  /// Calls `body` with 0 to `count - 1`, each on a thread of its own, and waits for all.
  ///
  /// Calls of `body` must not touch the same memory. Where the system gives no more threads, the
  /// calling thread does the work.
  static func run(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1 else {
      if count == 1 { body(0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var threads: [pthread_t] = []
      for index in 1..<count {
        let work = Unmanaged.passRetained(Work(body, index))
        if let thread = start(work) {
          threads.append(thread)
        } else {
          let work = work.takeRetainedValue()
          work.body(work.index)
        }
      }
      body(0)
      for thread in threads { pthread_join(thread, nil) }
    }
  }

  private static func start(_ work: Unmanaged<Work>) -> pthread_t? {
    #if canImport(Darwin)
      var thread: pthread_t?
      let status = pthread_create(
        &thread, nil,
        { argument in
          let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
          work.body(work.index)
          return nil
        }, work.toOpaque())
      return status == 0 ? thread : nil
    #else
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          if let argument {
            let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
            work.body(work.index)
          }
          return nil
        }, work.toOpaque())
      return status == 0 ? thread : nil
    #endif
  }
}
