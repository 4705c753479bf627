import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Runs a few pieces of work side by side.
enum WorkerThreads {
  /// Results that threads write side by side, each its own places.
  private struct Places<Value>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Value>
  }

  /// Calls `body` with 0 to `count - 1`, `share` at a time on each of `threads` threads, and returns
  /// the results in order.
  static func map<Value>(
    _ count: Int, share: Int = 16, threads: Int, _ body: (Int) -> Value
  ) -> [Value] {
    let next = Atomic<Int>(0)
    return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let places = Places(base: base)
      run(min(threads, (count + share - 1) / share)) { _ in
        while true {
          let start = next.add(share, ordering: .relaxed).oldValue
          guard start < count else { return }
          for index in start..<min(start + share, count) {
            (places.base + index).initialize(to: body(index))
          }
        }
      }
      initialized = count
    }
  }

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
