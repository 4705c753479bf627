import MLMModel
import MLMNumerics
import MLMTraining
import Testing

@Suite struct EvaluationSetTests {
  private static let documents = SampleText.sentences(60).map { Array($0.utf8) }
  private static let trained = Result {
    let trainer = try TokenizerTrainer(options: .init(vocabularySize: 300))
    for sentence in SampleText.sentences(60) { trainer.count(sentence) }
    return try trainer.train()
  }

  private var tokenizer: Tokenizer { get throws { try Self.trained.get() } }

  private func model(_ attention: TransformerConfiguration.Attention = .bidirectional) throws
    -> ModelDirectory
  {
    let tokenizer = try tokenizer
    let description = ModelDescription(
      transformer: TransformerConfiguration(
        vocabularySize: tokenizer.vocabularySize, layerCount: 1, width: 16, feedForwardWidth: 24,
        headCount: 2, maximumLength: 64, attention: attention),
      head: .languageModel, objective: attention == .causal ? "clm" : "mlm")
    let parameters = Parameters(description.layout)
    parameters.initialize(seed: 4)
    return ModelDirectory(tokenizer: tokenizer, description: description, parameters: parameters)
  }

  /// What a set asks of one document that is one sequence in it.
  private func questions(_ set: EvaluationSet) -> [[Int32]: [LanguageModelHead.Target]] {
    var questions: [[Int32]: [LanguageModelHead.Target]] = [:]
    for (ids, targets) in zip(set.sequences, set.targets) {
      var whole = ids
      for target in targets { whole[Int(target.row)] = target.token }
      questions[whole] = targets
    }
    return questions
  }

  @Test func masksBelongToTheText() throws {
    let tokenizer = try tokenizer
    let set = EvaluationSet(Self.documents, tokenizer, kind: .masked, sequenceLength: 60)
    #expect(set.sequences.count == Self.documents.count)
    // In another order and among other documents.
    let others = SampleText.sentences(20, seed: 8).map { Array($0.utf8) }
    let mixed = EvaluationSet(
      others + Self.documents.reversed(), tokenizer, kind: .masked, sequenceLength: 60)
    let (first, second) = (questions(set), questions(mixed))
    #expect(first.count == Set(Self.documents).count)
    for (text, targets) in first { #expect(second[text] == targets) }
    // Two documents are not asked at the same places.
    #expect(Set(first.values.map { $0.map(\.row) }).count > Self.documents.count / 2)
  }

  @Test func masksDoNotDependOnTheCut() throws {
    let tokenizer = try tokenizer
    let long = [Array(SampleText.sentences(30).joined(separator: " ").utf8)]
    func asked(_ length: Int) -> [Int32] {
      let set = EvaluationSet(long, tokenizer, kind: .masked, sequenceLength: length)
      #expect(set.sequences.allSatisfy { $0.count <= length })
      return set.targets.flatMap { $0.map(\.token) }
    }
    let whole = asked(10_000)
    #expect(whole.count > 50)
    for length in [8, 23, 64] { #expect(asked(length) == whole) }
  }

  @Test func shareAndCounts() throws {
    let tokenizer = try tokenizer
    let documents = SampleText.sentences(1500).map { Array($0.utf8) }
    let set = EvaluationSet(documents, tokenizer, kind: .masked, sequenceLength: 24)
    let count = set.targets.reduce(0) { $0 + $1.count }
    // One deviation is below 0.003 at 20,000 tokens.
    #expect(set.tokenCount > 20_000)
    #expect(abs(Double(count) / Double(set.tokenCount) - EvaluationSet.maskRate) < 0.01)
    #expect(set.byteCount == documents.reduce(0) { $0 + $1.count })
    #expect(set.documentCount == 1500)
    #expect(set.sequences.reduce(0) { $0 + $1.count - 2 } == set.tokenCount)
    for (ids, targets) in zip(set.sequences, set.targets) {
      #expect(ids.first == tokenizer.startID && ids.last == tokenizer.endID)
      for target in targets {
        #expect(ids[Int(target.row)] == tokenizer.maskID)
        #expect(!tokenizer.isSpecial(target.token))
      }
    }
  }

  @Test func everyTokenIsANextWord() throws {
    let set = EvaluationSet(
      Self.documents, try tokenizer, kind: .nextWord, sequenceLength: 16)
    for (ids, targets) in zip(set.sequences, set.targets) {
      #expect(targets.map(\.token) == ids.dropFirst().dropLast())
      #expect(targets.map(\.row) == (0..<Int32(targets.count)).map { $0 })
    }
  }

  @Test(arguments: [TransformerConfiguration.Attention.bidirectional, .causal])
  func numbersAsDefined(attention: TransformerConfiguration.Attention) throws {
    let model = try model(attention)
    let set = EvaluationSet(
      Self.documents, model.tokenizer, kind: attention == .causal ? .nextWord : .masked,
      sequenceLength: 32)
    let transformer = model.transformer
    let evaluation = try #require(set.evaluate(transformer, threads: Threads(count: 1)))
    // −ln softmax, from the scores alone.
    var (loss, correct, count) = (0.0, 0, 0)
    for (ids, targets) in zip(set.sequences, set.targets) {
      let activations = Activations(model.configuration, keeping: nil)
      transformer.forward(Batch([ids]), into: activations)
      LanguageModelHead(transformer).scores(
        atRows: targets.map(\.row), output: activations.output
      ) { index, scores in
        let wanted = Int(targets[index].token)
        let sum = scores.reduce(0.0) { $0 + exponential(Double($1 - scores[wanted])) }
        loss += logarithm(sum)
        correct += scores.allSatisfy { $0 <= scores[wanted] } ? 1 : 0
        count += 1
      }
    }
    #expect(evaluation.predictedTokenCount == count)
    #expect(abs(evaluation.crossEntropy - loss / Double(count)) < 1e-5)
    #expect(abs(evaluation.accuracy - Double(correct) / Double(count)) < 1e-9)
    #expect(evaluation.kind == (attention == .causal ? .nextWord : .masked))
    // Mean cross-entropy × tokens ÷ (bytes × ln 2).
    let bits =
      evaluation.crossEntropy * Double(set.tokenCount)
      / (Double(set.byteCount) * 0.693_147_180_559_945_3)
    #expect(abs(evaluation.bitsPerByte - bits) < 1e-12)
    #expect(abs(evaluation.perplexity / exponential(evaluation.crossEntropy) - 1) < 1e-12)
    for threads in [2, 3] {
      #expect(set.evaluate(transformer, threads: Threads(count: threads)) == evaluation)
    }
  }

  @Test func perplexityStaysFinite() throws {
    let model = try model()
    let bias = try #require(model.parameters.layout.vocabularyBias)
    // A model that is sure of a token that never comes.
    model.parameters.values(bias)[0] = 5000
    let set = EvaluationSet(Self.documents, model.tokenizer, kind: .masked, sequenceLength: 32)
    let evaluation = try #require(set.evaluate(model.transformer, threads: Threads(count: 1)))
    #expect(evaluation.crossEntropy > 4000)
    #expect(evaluation.perplexity == .greatestFiniteMagnitude)
  }

  @Test func filesOfText() throws {
    try withFolder { folder in
      let model = try model()
      let sentences = SampleText.sentences(60)
      let one = try SampleText.write(sentences, in: folder)
      let first = try SampleText.write(Array(sentences[..<20]), in: folder, as: "1.txt")
      let second = try SampleText.write(Array(sentences[20...]), in: folder, as: "2.txt")
      let whole = try LanguageModelEvaluation(of: model, on: [one], threadCount: 1)
      let parts = try LanguageModelEvaluation(of: model, on: [second, first], threadCount: 0)
      #expect(whole.documentCount == 60)
      #expect(parts.predictedTokenCount == whole.predictedTokenCount)
      #expect(abs(parts.crossEntropy - whole.crossEntropy) < 1e-6)
      let failure = error(FileError.self) {
        _ = try LanguageModelEvaluation(of: model, on: [folder + "/none"])
      }
      #expect(failure?.code == .missing)
    }
  }

  @Test func nothingToPredict() throws {
    let model = try model()
    let set = EvaluationSet([], model.tokenizer, kind: .masked, sequenceLength: 32)
    #expect(set.evaluate(model.transformer, threads: Threads(count: 1)) == nil)
  }
}
