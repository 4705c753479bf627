import MLM
import Testing

@Suite struct PreparationTests {
  @Test func serversPrepareAtTheirStart() async throws {
    MLM.prepare()
    let before = try await TextEncoder(SampleModel.directory()).embedding(for: "A fine film.")
    // Once is enough, and again does no harm, whoever asks.
    await withTaskGroup { group in for _ in 0..<8 { group.addTask { prepare() } } }
    let after = try await TextEncoder(SampleModel.directory()).embedding(for: "A fine film.")
    #expect(before == after)
    #expect(before.values.allSatisfy { $0.isFinite })
  }
}
