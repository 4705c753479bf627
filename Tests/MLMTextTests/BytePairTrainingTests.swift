import MLMText
import Testing

@Suite struct BytePairTrainingTests {
  private func bytes(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    var text = text
    text.withUTF8(body)
  }

  @Test func countsAboveTwoToTheThirtyFirstAreRight() throws {
    // With 32 bits "ab" would wrap to a count near zero and lose to "cd".
    let trainer = try TokenizerTrainer(options: .init(vocabularySize: 263))
    bytes("ab") { trainer.count(utf8: $0, times: 3) }
    bytes("xyab") { trainer.count(utf8: $0, times: 1 << 32) }
    bytes("cd") { trainer.count(utf8: $0, times: 1_000_000) }
    let tokenizer = try trainer.train()
    // "Ġx" (2^32) ties with "ab" (2^32 + 3) but for three.
    #expect(tokenizer.token(261) == Array("ab".utf8))
    #expect(tokenizer.token(262).map { $0 != Array("cd".utf8) } == true)
  }

  @Test func threadsAndOrderDoNotMatter() throws {
    var generator = SeededGenerator(3)
    let texts = (0..<600).map { _ in
      let scalars = generator.text(pieces: 8).unicodeScalars.filter { $0 != "\n" }
      return String(String.UnicodeScalarView(scalars)) + "\n"
    }
    let options = TrainingOptions(vocabularySize: 700)
    var expected: [UInt8] = []
    for threads in [1, 2, 5] {
      let trainer = try TokenizerTrainer(options: options)
      bytes((threads == 1 ? texts : texts.reversed()).joined()) {
        trainer.count(lines: $0, threads: threads)
      }
      let json = try trainer.train().json
      if threads == 1 { expected = json }
      #expect(json == expected)
    }
    let batched = try TokenizerTrainer(options: options)
    let buffers = texts.map { text in
      let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
      _ = buffer.initialize(from: text.utf8)
      return UnsafeBufferPointer(buffer)
    }
    batched.count(batch: buffers, threads: 3)
    for buffer in buffers { buffer.deallocate() }
    #expect(try batched.train().json == expected)
    let single = try TokenizerTrainer(options: options)
    for text in texts { single.count(text) }
    #expect(try single.train().json == expected)
  }

  @Test func aTrainedTokenizerIsReadBackTheSame() throws {
    let trainer = try TokenizerTrainer(
      options: .init(
        vocabularySize: 300,
        normalizer: Normalizer(form: .nfkc, lowercases: true, stripsAccents: true),
        addsPrefixSpace: false,
        specialTokens: SpecialTokens(
          padding: "<pad>", unknown: "<unk>", start: "<s>", end: "</s>", mask: "<mask>")))
    trainer.count("Élan élan ÉLAN, et encore: élan! \"quoted\\text\"")
    let tokenizer = try trainer.train()
    let again = try Tokenizer(json: tokenizer.json, name: "again")
    #expect(again.json == tokenizer.json)
    #expect(again.specialTokens == tokenizer.specialTokens)
    #expect(again.normalizer == tokenizer.normalizer)
    #expect(again.encode("Élan <mask> \"x\"") == tokenizer.encode("Élan <mask> \"x\""))
    #expect(tokenizer.encode("a<mask>").ids.contains(tokenizer.maskID))
  }

  @Test func progressCountsMerges() throws {
    let trainer = try TokenizerTrainer(options: .init(vocabularySize: 265, minimumFrequency: 1))
    trainer.count("abcdef abcdef")
    var seen: [Int] = []
    var total = 0
    let tokenizer = try trainer.train {
      seen.append($0)
      total = $1
    }
    #expect(seen == [1, 2, 3, 4] && total == 4 && tokenizer.vocabularySize == 265)
  }

  @Test func withoutTextThereAreOnlyBytes() throws {
    #expect(try TokenizerTrainer().train().vocabularySize == 261)
    let trainer = try TokenizerTrainer()
    trainer.count("")
    bytes("x") { trainer.count(utf8: $0, times: 0) }
    #expect(try trainer.train().vocabularySize == 261)
  }

  @Test func impossibleOptionsAreRefused() {
    #expect(throws: TokenizerError.self) {
      try TokenizerTrainer(options: .init(vocabularySize: 260))
    }
    #expect(throws: TokenizerError.self) {
      try TokenizerTrainer(options: .init(vocabularySize: .max))
    }
    for special in [
      SpecialTokens(padding: "x"), SpecialTokens(mask: ""), SpecialTokens(start: "[SEP]"),
    ] {
      #expect(throws: TokenizerError.self) {
        try TokenizerTrainer(options: .init(specialTokens: special))
      }
    }
  }

  @Test func canonicallyEqualSpellingsStayApart() throws {
    // As Swift strings these two are equal, and their counts would flow together.
    let trainer = try TokenizerTrainer(
      options: .init(vocabularySize: 400, normalizer: Normalizer(form: .none)))
    for _ in 0..<3 { trainer.count("\u{e9}\u{e9} e\u{301}e\u{301}") }
    let tokenizer = try trainer.train()
    #expect(tokenizer.encode("\u{e9}").ids != tokenizer.encode("e\u{301}").ids)
    #expect(
      try tokenizer.decode(tokenizer.encode("e\u{301}").ids) == Array(" e\u{301}".utf8))
  }
}
