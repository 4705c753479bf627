#if compiler(>=6.2)
  import MLMNumerics
  import MLMTestSupport
  import Synchronization
  import Testing

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  private let productsDone = Atomic(0)

  @Suite struct BLASCallsTests {
    /// OpenBLAS gives its memory back at the end of a process, which products must not see.
    @Test func productsAndTheEndOfTheProcessAreKeptApart() async throws {
      let result = try await #require(
        processExitsWith: .exitCode(3), observing: [\.standardErrorContent]
      ) {
        // Registered first, so called last: by then no thread makes products any more.
        atexit {
          let before = productsDone.load(ordering: .sequentiallyConsistent)
          usleep(200_000)
          let isStill = productsDone.load(ordering: .sequentiallyConsistent) == before
          _ = write(STDERR_FILENO, isStill ? "still" : "going", 5)
        }
        let queue = WorkQueue(threadCount: 2)
        let begun = Promise<Bool>()
        queue.submit(2) { piece, _ in
          let processor = Processor(level: .portable)
          let (a, c) = (FloatBuffer(randomValues(4096, seed: 1)), FloatBuffer(count: 4096))
          for product in 0... {
            processor.multiply(c.rows(64), a.rows(64), a.rows(64))
            productsDone.add(1, ordering: .sequentiallyConsistent)
            if product == 10 && piece == 0 { begun.fulfil(true) }
          }
        } then: {
        }
        _ = begun.wait()
        exit(3)
      }
      #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("still"))
    }
  }
#endif
