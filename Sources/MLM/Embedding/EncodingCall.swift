import MLMModel
import MLMNumerics

/// One call of an encoder: texts become tokens, those are cut into pieces, and the rows of each piece
/// become vectors, all on the threads of the encoder.
final class EncodingCall: @unchecked Sendable {
  typealias Results = [Result<Embedding, MLMError>]

  /// Texts whose tokens are found in one piece of work.
  private static let textsAtOnce = 32

  private let texts: [String]
  private let prompt: SentenceTokens.Prompt
  private let core: EncoderCore
  private let lane: WorkQueue.Lane?
  private let stop: StopFlag?
  /// The tokens of each text; each place is written once, by one thread.
  private let tokens: UnsafeMutableBufferPointer<Result<SentenceTokens, MLMError>?>

  /// Prepares a call.
  ///
  /// - Parameters:
  ///   - texts: The texts, without prompts.
  ///   - prompt: What is put before each.
  ///   - core: The encoder.
  ///   - lane: What orders it among other calls; nil for a caller of its own.
  ///   - stop: Once it is set no more work is begun, and there are no results.
  init(
    _ texts: [String], _ prompt: SentenceTokens.Prompt, _ core: EncoderCore,
    _ lane: WorkQueue.Lane?, _ stop: StopFlag?
  ) {
    (self.texts, self.prompt, self.core) = (texts, prompt, core)
    (self.lane, self.stop) = (lane, stop)
    tokens = .allocate(capacity: texts.count)
    tokens.initialize(repeating: nil)
  }

  deinit {
    tokens.deinitialize()
    tokens.deallocate()
  }

  /// Begins, and calls `finish` once with a result for each text; with none if the call was stopped.
  func start(then finish: @escaping @Sendable (Results) -> Void) {
    guard !texts.isEmpty else { return finish([]) }
    let groups = (texts.count + Self.textsAtOnce - 1) / Self.textsAtOnce
    core.queue.submit(groups, in: lane, unless: stop) { group, _ in
      let first = group * Self.textsAtOnce
      for index in first..<min(first + Self.textsAtOnce, self.texts.count) {
        self.tokenize(index)
      }
    } then: {
      self.compute(then: finish)
    }
  }

  private func tokenize(_ index: Int) {
    tokens[index] = Result { () throws(MLMError) in
      try SentenceTokens(
        core.read(texts[index]), after: prompt, core.tokenizer, maximumLength: core.maximumLength,
        core.overflow)
    }
  }

  private func compute(then finish: @escaping @Sendable (Results) -> Void) {
    if stop?.isSet ?? false { return finish([]) }
    let sequences = tokens.flatMap { (try? $0?.get())?.sequences ?? [] }
    let pieces = SequencePieces(sequences).pieces
    let width = core.vectors.dimension
    let vectors = FloatBuffer(count: max(1, sequences.count * width))
    guard !pieces.isEmpty else { return finish(results(vectors)) }
    core.queue.submit(pieces.count, in: lane, unless: stop) { index, worker in
      let piece = pieces[index]
      let activations = self.core.activations(of: worker)
      self.core.transformer.forward(piece.batch, into: activations)
      self.core.vectors.compute(
        activations.output, offsets: piece.batch.offsets, promptTokens: self.prompt.tokenCount
      ) { row, vector in
        let target = vectors.pointer + piece.indices[row] * width
        target.update(from: vector, count: width)
      }
    } then: {
      finish(self.stop?.isSet ?? false ? [] : self.results(vectors))
    }
  }

  /// The result of each text, from the vectors of all sequences.
  private func results(_ vectors: FloatBuffer) -> Results {
    let width = core.vectors.dimension
    var next = vectors.pointer
    return tokens.map { tokens in
      Result { () throws(MLMError) in
        guard let tokens = try tokens?.get() else {
          throw MLMError(.badText, "its tokens were not found")
        }
        let count = tokens.sequences.count
        defer { next += count * width }
        return Embedding(
          values: try core.vectors.joined(
            Matrix(next, rows: count, columns: width), keeping: core.dimension),
          tokenCount: tokens.tokenCount, textTokenCount: tokens.textTokenCount,
          isTruncated: tokens.isTruncated, windowCount: count)
      }
    }
  }
}
