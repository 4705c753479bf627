import MLMText
import Testing

/// What the kinds of model learn, on texts small enough to work out by hand.
@Suite struct TrainingTests {
  private func tokens(_ tokenizer: Tokenizer, from first: Int32 = 5) -> [String] {
    (first..<Int32(tokenizer.vocabularySize)).map {
      String(decoding: tokenizer.token($0) ?? [], as: UTF8.self)
    }
  }

  @Test func wordPiecesGoOnWithAPrefix() throws {
    var options = TrainingOptions(model: .wordPiece)
    options.vocabularySize = 15
    let trainer = try TokenizerTrainer(options: options)
    for _ in 0..<3 { trainer.count("Abab b") }
    let tokenizer = try trainer.train()
    // a, b; then the spellings that go on; then "##ab" (3; smaller ids first), "abab" and so on.
    #expect(tokens(tokenizer) == ["a", "b", "##a", "##b", "ab", "##ab", "abab"])
    #expect(tokenizer.encode("ABAB", addingSpecialTokens: false).ids == [11])
    #expect(tokenizer.encode("aa b", addingSpecialTokens: false).ids == [5, 7, 6])
    #expect(tokenizer.encode("x", addingSpecialTokens: false).ids == [1])
    #expect(try Tokenizer(json: tokenizer.json, name: "again").json == tokenizer.json)
  }

  @Test func charactersArePairedWithASuffix() throws {
    var options = TrainingOptions(model: .characterPairs)
    options.preTokenizer = .whitespaceSplit
    options.wordSuffix = "</w>"
    options.vocabularySize = 12
    let trainer = try TokenizerTrainer(options: options)
    for _ in 0..<2 { trainer.count("ab ab cb\n") }
    let tokenizer = try trainer.train()
    #expect(tokens(tokenizer) == ["a", "b", "c", "b</w>", "ab</w>", "cb</w>"])
    #expect(tokenizer.encode("ab", addingSpecialTokens: false).ids == [9])
    #expect(try tokenizer.decode([9, 10]) == Array("ab cb".utf8))
  }

  @Test func theAlphabetIsLimitedWithATotalOrder() throws {
    var options = TrainingOptions(model: .characterPairs)
    options.preTokenizer = .whitespaceSplit
    options.alphabetLimit = 3
    options.initialAlphabet = "z"
    let trainer = try TokenizerTrainer(options: options)
    trainer.count("ddd cc bb a")
    // z first, then d; b and c are equally frequent.
    #expect(tokens(try trainer.train()).prefix(3) == ["b", "d", "z"])
  }

  @Test func unknownCharactersAreLeftOutOfWords() throws {
    var options = TrainingOptions(model: .characterPairs)
    options.preTokenizer = .whitespaceSplit
    options.alphabetLimit = 2
    let trainer = try TokenizerTrainer(options: options)
    for _ in 0..<5 { trainer.count("axb ab") }
    // Without the x, both words are "ab".
    #expect(tokens(try trainer.train()) == ["a", "b", "ab"])
  }

  @Test func tokensStayBelowTheirLimit() throws {
    var options = TrainingOptions(model: .wordPiece)
    options.maximumTokenLength = 5
    let trainer = try TokenizerTrainer(options: options)
    for _ in 0..<9 { trainer.count("abcdefgh") }
    let longest = tokens(try trainer.train()).map { $0.replacing("##", with: "").count }.max()
    // Pairs, then pairs of pairs; all of it would have eight characters.
    #expect(longest == 4)
  }

  @Test func furtherSpecialTokensFollow() throws {
    for model in TrainingOptions.Model.allCases {
      var options = TrainingOptions(model: model)
      options.vocabularySize = 270
      options.additionalTokens = ["<url>", "<code>"]
      let trainer = try TokenizerTrainer(options: options)
      trainer.count("one two three two three three")
      let tokenizer = try trainer.train()
      #expect(tokenizer.id(ofToken: "<code>".utf8) == 6)
      #expect(tokenizer.encode("a<code>b").ids.contains(6))
    }
  }

  @Test(arguments: TrainingOptions.Model.allCases)
  func trainingTwiceAndOnSeveralThreadsGivesTheSameBytes(model: TrainingOptions.Model) throws {
    var generator = SeededGenerator(5)
    let text = (0..<800).map { _ in generator.text(pieces: 7) }.joined(separator: "\n")
    var options = TrainingOptions(model: model)
    options.vocabularySize = 700
    if model != .bytePairs { options.alphabetLimit = 100 }
    var results: Set<[UInt8]> = []
    for threads in [1, 1, 2, 3] {
      let trainer = try TokenizerTrainer(options: options)
      Array(text.utf8).withUnsafeBufferPointer {
        _ = trainer.count(lines: $0, threads: threads)
      }
      results.insert(try trainer.train(threads: threads).json)
    }
    #expect(results.count == 1)
  }

  @Test func aUnigramVocabularyFindsTheWords() throws {
    var options = TrainingOptions(model: .unigram)
    options.vocabularySize = 40
    let trainer = try TokenizerTrainer(options: options)
    for i in 0..<200 {
      trainer.count(i % 2 == 0 ? "reading writing ring" : "read write sing\n")
    }
    let tokenizer = try trainer.train()
    let found = tokens(tokenizer)
    #expect(found.count <= 35 && found.contains("\u{2581}read") && found.contains("ing"))
    // All characters are there, and a known text comes back.
    let ids = tokenizer.encode("reading", addingSpecialTokens: false).ids
    #expect(try tokenizer.decode(ids) == Array("reading".utf8))
    #expect(!ids.contains(tokenizer.unknownID))
    #expect(tokenizer.encode("q", addingSpecialTokens: false).ids.contains(tokenizer.unknownID))
  }

  @Test func whatProgressThrowsEndsTheTraining() throws {
    struct Enough: Error {}
    for model in TrainingOptions.Model.allCases {
      let trainer = try TokenizerTrainer(options: TrainingOptions(model: model))
      trainer.count("ababab ababab")
      #expect(throws: Enough.self) { try trainer.train { _, _ in throw Enough() } }
    }
  }

  @Test func contradictionsAreRefused() {
    func refuses(_ model: TrainingOptions.Model, _ change: (inout TrainingOptions) -> Void) {
      var options = TrainingOptions(model: model)
      change(&options)
      #expect(throws: TokenizerError.self) { try TokenizerTrainer(options: options) }
    }
    refuses(.bytePairs) { $0.alphabetLimit = 100 }
    refuses(.bytePairs) { $0.initialAlphabet = "a" }
    refuses(.bytePairs) { $0.continuingPrefix = "##" }
    refuses(.bytePairs) { $0.preTokenizer = .bert }
    refuses(.wordPiece) { $0.preTokenizer = .byteLevel }
    refuses(.wordPiece) { $0.alphabetLimit = 0 }
    refuses(.characterPairs) { $0.maximumTokenLength = 0 }
    refuses(.characterPairs) { $0.additionalTokens = ["[PAD]"] }
    refuses(.unigram) { $0.wordSuffix = "</w>" }
    refuses(.unigram) { $0.unigram.shrinkingFactor = 1 }
    refuses(.unigram) { $0.vocabularySize = 5 }
  }
}
