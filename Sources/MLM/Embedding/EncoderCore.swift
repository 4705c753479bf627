import MLMModel
import MLMNumerics
import MLMText

/// What an encoder's calls share.
final class EncoderCore: @unchecked Sendable {
  let tokenizer: Tokenizer
  let transformer: Transformer
  let vectors: SentenceVectors
  /// Numbers per vector that are kept.
  let dimension: Int
  let maximumLength: Int
  let overflow: TextEncoder.Overflow
  let queue: WorkQueue
  private let pooling: SentencePooling
  /// The memory of each thread, made when it first computes.
  private let scratch: UnsafeMutablePointer<Activations?>

  init(_ model: ModelDirectory, _ options: TextEncoder.Options, dimension: Int) {
    tokenizer = model.tokenizer
    transformer = model.transformer
    pooling = model.sentencePooling
    vectors = SentenceVectors(
      model, pooling: options.pooling, normalizesLength: options.normalizesLength)
    self.dimension = dimension
    let limit = model.configuration.maximumLength
    maximumLength = max(
      2, min(limit, options.maximumLength ?? pooling.maximumLength ?? limit))
    overflow = options.overflow
    queue = WorkQueue(threadCount: min(64, max(1, options.threadCount ?? Threads.defaultCount)))
    scratch = .allocate(capacity: queue.threadCount)
    scratch.initialize(repeating: nil, count: queue.threadCount)
  }

  deinit {
    scratch.deinitialize(count: queue.threadCount)
    scratch.deallocate()
  }

  /// The memory of a thread, which nobody else uses meanwhile.
  func activations(of worker: Int) -> Activations {
    if let activations = scratch[worker] { return activations }
    let activations = Activations(transformer.configuration, keeping: nil)
    scratch[worker] = activations
    return activations
  }

  /// The prompt that is meant.
  ///
  /// - Throws: ``MLMError`` with code `badOption` for a name that the model directory does not have.
  func prompt(_ prompt: TextEncoder.Prompt) throws(MLMError) -> SentenceTokens.Prompt {
    SentenceTokens.Prompt(read(try text(of: prompt)), tokenizer)
  }

  /// A text as the tokenizer is to see it.
  func read(_ text: String) -> String { pooling.lowercases ? text.lowercased() : text }

  private func text(of prompt: TextEncoder.Prompt) throws(MLMError) -> String {
    switch prompt {
    case .text(let text): return text
    case .standard:
      guard let name = pooling.defaultPromptName else { return "" }
      return pooling.prompts[name] ?? ""
    case .query: return pooling.prompts["query"] ?? ""
    case .document:
      let name = ["document", "passage", "corpus"].first { pooling.prompts[$0] != nil }
      return name.flatMap { pooling.prompts[$0] } ?? ""
    case .named(let name):
      if let text = pooling.prompts[name] { return text }
      let names = pooling.prompts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      throw MLMError(
        .badOption,
        "prompt: expected "
          + (names.isEmpty
            ? "none, which is what the model has" : "one of \(names.joined(separator: ", "))")
          + ", found \(name)")
    }
  }
}
