import MLMNumerics
import Testing

@Suite struct RandomStreamTests {
  /// The known answers of philox4x32-10 in the Random123 library's kat_vectors.
  @Test func philoxGivesTheKnownAnswers() {
    #expect(
      Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func seedStreamStepAndPositionAllMatter() {
    let numbers: Set = [
      RandomStream(seed: 1, stream: 0).bits(step: 0, position: 0),
      RandomStream(seed: 1 << 32, stream: 0).bits(step: 0, position: 0),
      RandomStream(seed: 1, stream: 1).bits(step: 0, position: 0),
      RandomStream(seed: 1, stream: 0).bits(step: 1, position: 0),
      RandomStream(seed: 1, stream: 0).bits(step: 1 << 32, position: 0),
      RandomStream(seed: 1, stream: 0).bits(step: 0, position: 1),
      RandomStream(seed: 1, stream: 0).bits(step: 0, position: 1 << 32),
    ]
    #expect(numbers.count == 7)
  }

  /// Means of 100,000 numbers have a standard deviation of 0.0009 and 0.0032 here.
  @Test func numbersAreUniform() {
    let stream = RandomStream(seed: 3, stream: 6)
    let count = 100_000
    let uniform = (0..<count).map { stream.uniform(step: 2, position: UInt64($0)) }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.005)
    let small = (0..<count).map { stream.below(3, step: 2, position: UInt64($0)) }
    for value in 0..<3 {
      #expect(abs(Double(small.count { $0 == value }) / Double(count) - 1.0 / 3) < 0.008)
    }
    #expect(stream.below(1, step: 0, position: 0) == 0)
    #expect((0..<1000).allSatisfy { stream.below(.max, step: 0, position: $0) >= 0 })
  }
}
