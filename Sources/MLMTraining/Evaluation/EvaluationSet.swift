import MLM
import MLMModel
import MLMNumerics
import MLMText

/// Text made ready for evaluation, with fixed places to predict.
///
/// Masks are a function of a document's bytes, a token's byte offset in it and a fixed seed: any two
/// models with the same tokenizer are asked the same questions, however the text is cut.
package struct EvaluationSet: Sendable {
  /// Share of tokens that are masked; each becomes the mask token.
  package static let maskRate = 0.15
  private static let seed: UInt64 = 0x6d61_736b

  package let kind: LanguageModelEvaluation.Kind
  package private(set) var sequences: [[Int32]] = []
  /// For each sequence, rows to predict and their tokens.
  package private(set) var targets: [[LanguageModelHead.Target]] = []
  package private(set) var tokenCount = 0
  package private(set) var byteCount = 0
  package private(set) var documentCount = 0

  /// Prepares documents.
  ///
  /// - Parameters:
  ///   - documents: Texts as UTF-8.
  ///   - tokenizer: The model's.
  ///   - kind: What is predicted.
  ///   - sequenceLength: Tokens of the longest sequence; longer documents are cut evenly.
  package init(
    _ documents: some Sequence<[UInt8]>, _ tokenizer: Tokenizer,
    kind: LanguageModelEvaluation.Kind, sequenceLength: Int
  ) {
    self.kind = kind
    for document in documents { add(document, tokenizer, room: max(1, sequenceLength - 2)) }
  }

  private mutating func add(_ document: [UInt8], _ tokenizer: Tokenizer, room: Int) {
    let encoding = document.withUnsafeBufferPointer {
      tokenizer.encode(utf8: $0, addingSpecialTokens: false)
    }
    documentCount += 1
    byteCount += document.count
    tokenCount += encoding.ids.count
    let digest = TextDigest.mix(TextDigest.hash(document) ^ Self.seed)
    let parts = (encoding.ids.count + room - 1) / room
    for part in 0..<parts {
      let range =
        part * encoding.ids.count / parts..<(part + 1) * encoding.ids.count / parts
      var ids = [tokenizer.startID] + encoding.ids[range] + [tokenizer.endID]
      var chosen: [LanguageModelHead.Target] = []
      for (index, place) in range.enumerated() {
        let token = encoding.ids[place]
        switch kind {
        case .nextWord: chosen.append(.init(row: Int32(index), token: token))
        case .masked:
          let offset = UInt64(encoding.offsets[place].lowerBound)
          let share = Double(TextDigest.mix(digest ^ TextDigest.mix(offset)) >> 11) / 0x1p53
          if share < Self.maskRate && !tokenizer.isSpecial(token) {
            chosen.append(.init(row: Int32(index + 1), token: token))
            ids[index + 1] = tokenizer.maskID
          }
        }
      }
      sequences.append(ids)
      targets.append(chosen)
    }
  }

  /// Asks a model; nil where there is nothing to predict.
  package func evaluate(
    _ transformer: Transformer, threads: Threads,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) -> LanguageModelEvaluation? {
    let predicted = targets.reduce(0) { $0 + $1.count }
    guard predicted > 0 else { return nil }
    let losses = Slots<Double>(count: sequences.count, filler: 0)
    let correct = Slots<Int>(count: sequences.count, filler: 0)
    let heads = (0..<threads.count).map { _ in
      UncheckedSendable(LanguageModelHead(transformer))
    }
    let targets = targets
    let pass = SequencePass(transformer, threads: threads)
    for block in Blocks.ranges(of: sequences.count) {
      pass.run(Array(sequences[block])) { piece, rows, worker in
        var asked: [LanguageModelHead.Target] = []
        for (place, index) in piece.indices.enumerated() {
          let start = Int32(piece.batch.offsets[place])
          asked += targets[block.lowerBound + index].map {
            .init(row: $0.row + start, token: $0.token)
          }
        }
        let answers = heads[worker].value.evaluate(asked, output: rows)
        var next = 0
        for index in piece.indices {
          let sequence = block.lowerBound + index
          for _ in targets[sequence] {
            losses[sequence] += Double(answers[next].crossEntropy)
            correct[sequence] += answers[next].isCorrect ? 1 : 0
            next += 1
          }
        }
      }
      progress(block.upperBound, sequences.count)
    }
    return LanguageModelEvaluation(
      kind: kind, crossEntropy: losses.values.reduce(0, +) / Double(predicted),
      accuracy: Double(correct.values.reduce(0, +)) / Double(predicted),
      predictedTokenCount: predicted, tokenCount: tokenCount, byteCount: byteCount,
      documentCount: documentCount)
  }
}
