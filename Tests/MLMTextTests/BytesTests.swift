import MLMText
import Testing

@Suite struct BytesTests {
  private func tokenizer(prefixSpace: Bool = false, normalizer: Normalizer = .init(form: .none))
    throws
    -> Tokenizer
  {
    let trainer = try TokenizerTrainer(
      options: .init(vocabularySize: 300, minimumFrequency: 2, normalizer: normalizer))
    let text = Array("the river the river the garden\n".utf8)
    text.withUnsafeBufferPointer { trainer.count(lines: $0, threads: 1) }
    return try trainer.train()
  }

  private static let samples: [[UInt8]] = [
    [], [0xFF], [0x80, 0x80, 0x80], [0x61, 0xFF, 0x62], [0xE3, 0x81], Array("the ".utf8) + [0xC3],
    [0xFF] + Array("the river".utf8) + [0xFE, 0xFE] + Array("the".utf8),
    [0, 0xED, 0xA0, 0x80, 0x0A],
    [0xF4, 0x90, 0x80, 0x80], Array("plain".utf8),
  ]

  @Test(arguments: samples) func bytesComeBack(bytes: [UInt8]) throws {
    let tokenizer = try tokenizer()
    #expect(tokenizer.keepsBytes)
    let encoding = try bytes.withUnsafeBufferPointer {
      try tokenizer.encode(bytes: $0, addingSpecialTokens: false)
    }
    let back = try tokenizer.decode(encoding.ids)
    #expect(back == bytes || back == [0x20] + bytes)
    // Every byte is some token's, in order.
    var covered = 0
    for range in encoding.offsets {
      #expect(range.lowerBound <= covered && range.upperBound >= covered)
      covered = range.upperBound
    }
    #expect(covered == bytes.count)
    let special = try bytes.withUnsafeBufferPointer { try tokenizer.encode(bytes: $0) }
    #expect(special.ids == [tokenizer.startID] + encoding.ids + [tokenizer.endID])
  }

  @Test func aNormalizerDoesNotKeepBytes() throws {
    let tokenizer = try tokenizer(normalizer: .default)
    #expect(!tokenizer.keepsBytes)
    #expect(throws: TokenizerError.self) {
      try [UInt8]([0x61]).withUnsafeBufferPointer { try tokenizer.encode(bytes: $0) }
    }
  }
}
