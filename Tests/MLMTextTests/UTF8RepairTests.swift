import MLMText
import Testing

@Suite struct UTF8RepairTests {
  /// Unicode 15.0, section 3.9, tables 3-8 to 3-11: bytes and the number of U+FFFD.
  @Test(
    arguments: [
      ([0x61, 0xF1, 0x80, 0x80, 0xE1, 0x80, 0xC2, 0x62, 0x80, 0x63, 0x80, 0xBF, 0x64], 6),
      ([0xC0, 0xAF, 0xE0, 0x80, 0xBF, 0xF0, 0x81, 0x82, 0x41], 8),
      ([0xED, 0xA0, 0x80, 0xED, 0xBF, 0xBF, 0xED, 0xAF, 0x41], 8),
      ([0xF4, 0x91, 0x92, 0x93, 0xFF, 0x41, 0x80, 0xBF, 0x42], 7),
      ([0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41], 4),
      ([0x61], 0), ([], 0), ([0xE2, 0x82, 0xAC], 0), ([0xE2, 0x82], 1),
    ] as [([UInt8], Int)])
  func maximalSubpartsAreReplaced(_ bytes: [UInt8], _ replacements: Int) {
    let (repaired, count) = UTF8Repair.repaired(bytes)
    #expect(count == replacements)
    #expect(repaired.withUnsafeBufferPointer { UTF8Repair.isValid($0) })
    #expect(bytes.withUnsafeBufferPointer { UTF8Repair.isValid($0) } == (replacements == 0))
  }

  @Test func theStandardLibraryRepairsTheSame() {
    var generator = SeededGenerator(4)
    let lead: [UInt8] = [
      0x41, 0x80, 0xBF, 0xC2, 0xE0, 0xA0, 0xED, 0x9F, 0xEF, 0xF0, 0x90, 0xF4, 0x8F, 0xFF,
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
        lead[Int.random(in: 0..<lead.count, using: &generator)]
      }
      let expected = Array(String(decoding: bytes, as: UTF8.self).utf8)
      #expect(UTF8Repair.repaired(bytes).bytes == expected, "\(bytes)")
    }
  }
}
