import MLM
import MLMData
import MLMNumerics

extension PretrainingRun {
  /// The tokenizer of the model to go on from, the one asked for, or one trained on the text that is
  /// not held out.
  static func tokenizer(
    _ options: PretrainingOptions, _ starting: ModelDirectory?,
    _ source: TextSource, _ survey: CorpusSurvey, _ threads: Threads,
    _ report: (PretrainingCorpus.Stage, Int, Int) throws -> Void
  ) throws -> Tokenizer {
    if let starting { return starting.tokenizer }
    if let path = options.tokenizerPath {
      let tokenizer = try Tokenizer(contentsOf: path)
      try tokenizer.requireSpecialTokens(name: path)
      return tokenizer
    }
    let size =
      options.vocabularySize
      ?? PretrainingDefaults.vocabularySize(corpusBytes: survey.byteCount)
    let trainer = try TokenizerTrainer(options: TrainingOptions(vocabularySize: size))
    let reader = source.reader()
    var block: [UInt8] = []
    var documents: [Range<Int>] = []
    func flush() throws {
      block.withUnsafeBufferPointer { block in
        trainer.count(
          batch: documents.map { UnsafeBufferPointer(rebasing: block[$0]) }, threads: threads.count)
      }
      block.removeAll(keepingCapacity: true)
      documents.removeAll(keepingCapacity: true)
      try report(.counting, reader.counts.documentBytes, survey.byteCount)
    }
    while let document = try reader.next() {
      guard let training = survey.parts(of: document.bytes).training else { continue }
      documents.append(block.count..<block.count + training.count)
      block += training
      if block.count > PretrainingCorpus.reportInterval { try flush() }
    }
    try flush()
    return try trainer.train(threads: threads.count) { merges, total in
      try report(.tokenizerTraining, merges, total)
    }
  }
}
