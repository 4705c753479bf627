import MLM
import MLMNumerics
import Synchronization
import Testing

/// One encoder, many callers.
@Suite struct TextEncoderConcurrencyTests {
  private static func texts(_ call: Int) -> [String] {
    (0...call % 7).map { "\(call) " + SampleModel.sentences[($0 + call) % 8] }
  }

  private func encoder(threads: Int) throws -> TextEncoder {
    try TextEncoder(SampleModel.directory(), options: .init(threadCount: threads))
  }

  /// A task that embeds texts.
  private func task(
    threads: Int, _ texts: [String]
  ) throws -> Task<[Embedding], any Error> {
    let encoder = try encoder(threads: threads)
    return Task { try await encoder.embeddings(for: texts) }
  }

  /// What a call that waits returns.
  private func oneCall(threads: Int, _ texts: [String]) throws -> [Embedding] {
    try encoder(threads: threads).embeddings(for: texts)
  }

  @Test(arguments: [1, 3])
  func tasksGetWhatOneCallerGets(threads: Int) async {
    let prepared = Result {
      let encoder = try encoder(threads: threads)
      let expected = try (0..<40).map { try encoder.embeddings(for: Self.texts($0)) }
      let tasks = (0..<40).map { call in
        Task { try await encoder.embeddings(for: Self.texts(call)) }
      }
      return (expected, tasks)
    }
    guard case .success(let (expected, tasks)) = prepared else {
      Issue.record("no encoder")
      return
    }
    var found: [[Embedding]] = []
    for task in tasks { found.append((try? await task.result.get()) ?? []) }
    // The same bits: what other calls do is nothing to a call.
    #expect(found == expected)
    #expect(Set(found.flatMap { $0.map(\.values) }).count > 100)
  }

  @Test func callersThatWaitGetTheSame() throws {
    let encoder = try encoder(threads: 2)
    let expected = try (0..<12).map { try encoder.embeddings(for: Self.texts($0)) }
    let found = Mutex([[Embedding]?](repeating: nil, count: 12))
    Threads(count: 4).forEach(12) { call, _ in
      let embeddings = try? encoder.embeddings(for: Self.texts(call))
      found.withLock { $0[call] = embeddings }
    }
    #expect(found.withLock { $0 } == expected)
  }

  @Test func threadsOfTheEncoderDoNotMatter() async {
    let texts = (0..<60).flatMap(Self.texts)
    let one = try? oneCall(threads: 1, texts)
    #expect(one?.count == texts.count)
    for threads in [2, 5] {
      let result = await (try? task(threads: threads, texts))?.result
      #expect((try? result?.get()) == one)
    }
  }

  @Test func aCancelledTaskGetsAnError() async {
    let texts = (0..<20_000).map { "the boat and the sea \($0)" }
    let task = try? task(threads: 2, texts)
    task?.cancel()
    let result = await task?.result
    #expect(throws: CancellationError.self) { _ = try result?.get() }
  }

  @Test func anEncoderMayBeLetGoOfWhileItWorks() async {
    let texts = (0..<300).flatMap(Self.texts)
    let result = await (try? task(threads: 2, texts))?.result
    #expect((try? result?.get())?.count == texts.count)
  }

  @Test func noTextsNoVectors() async {
    let result = await (try? task(threads: 2, []))?.result
    #expect((try? result?.get())?.isEmpty == true)
  }
}
