import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Runs a few pieces of work side by side.
package enum WorkerThreads {
  /// Results that threads write side by side, each its own places.
  private struct Places<Value>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Value>
  }

  /// Calls `body` with 0 to `count - 1`, some at a time on each of `threads` threads, and returns the
  /// results in order.
  ///
  /// A thread takes a part of what is left, `share` at least: neighbours are alike, and what a thread
  /// remembers helps it with the next; towards the end parts are small, so that all end together.
  static func map<Value>(
    _ count: Int, share: Int = 16, threads: Int, _ body: (Int) -> Value
  ) -> [Value] {
    let next = Atomic<Int>(0)
    return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let places = Places(base: base)
      run(min(threads, (count + share - 1) / share)) { _ in
        while true {
          var start = next.load(ordering: .relaxed)
          var end = start
          var isTaken = false
          while start < count, !isTaken {
            end = min(start + max(share, (count - start) / (4 * threads)), count)
            (isTaken, start) = next.weakCompareExchange(
              expected: start, desired: end, ordering: .relaxed)
          }
          guard isTaken else { return }
          for index in start..<end {
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

  /// Returns what both give, side by side where that is worth a thread.
  package static func both<First, Second>(
    sideBySide: Bool, _ first: () -> First, _ second: () -> Second
  ) -> (First, Second) {
    guard sideBySide else { return (first(), second()) }
    var (one, other): (First?, Second?) = (nil, nil)
    run(2) { part in
      if part == 0 { one = first() } else { other = second() }
    }
    guard let one, let other else { return (first(), second()) }
    return (one, other)
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
