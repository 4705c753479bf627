import MLMModel
import MLMNumerics
import MLMText
import Synchronization

/// Fills the gaps of a text with a masked language model.
public struct MaskPredictor: Sendable {
  /// A token and how likely it is.
  public struct Candidate: Hashable, Sendable {
    /// The text of the token, a leading space included.
    public let token: String
    /// The token's number in the vocabulary.
    public let id: Int32
    /// From 0 to 1.
    public let probability: Float
  }

  private let model: ModelDirectory

  /// Creates a predictor.
  ///
  /// - Throws: ``MLMError`` with code `wrongModel` where the model was not trained on masked tokens.
  public init(_ model: ModelDirectory) throws(MLMError) {
    guard model.head == .languageModel, model.configuration.attention == .bidirectional else {
      throw MLMError(
        .wrongModel,
        "expected a model trained on masked tokens, found one \(model.whatItWasTrainedFor)")
    }
    self.model = model
  }

  /// The likeliest tokens for each mask of a text, best first.
  ///
  /// - Parameters:
  ///   - text: A text with at least one mask token (`[MASK]`).
  ///   - count: Candidates for each mask.
  /// - Throws: ``MLMError`` with code `badText` where there is no mask or the text is too long.
  public func candidates(for text: String, count: Int = 5) throws(MLMError) -> [[Candidate]] {
    let tokenizer = model.tokenizer
    let ids = tokenizer.encode(text).ids
    let rows = ids.indices.filter { ids[$0] == tokenizer.maskID }.map(Int32.init)
    guard !rows.isEmpty else {
      throw MLMError(
        .badText, "expected a text with \(tokenizer.specialTokens.mask), found none in it")
    }
    guard ids.count <= model.configuration.maximumLength else {
      throw MLMError(
        .badText,
        "expected at most \(model.configuration.maximumLength) tokens, found \(ids.count)")
    }
    let transformer = model.transformer
    let activations = Activations(model.configuration, keeping: nil)
    transformer.forward(Batch([ids]), into: activations)
    try model.requireFinite(activations.output)
    var results: [[Candidate]] = []
    LanguageModelHead(transformer).scores(atRows: rows, output: activations.output) { _, scores in
      results.append(best(count, of: scores))
    }
    return results
  }

  /// The likeliest tokens for each mask of each text, in the order given.
  ///
  /// - Parameters:
  ///   - texts: Texts with at least one mask token (`[MASK]`) each.
  ///   - count: Candidates for each mask.
  ///   - threadCount: Threads to compute on; all processors if nil.
  /// - Returns: For each text what ``candidates(for:count:)`` returns or throws.
  public func candidates(
    for texts: [String], count: Int = 5, threadCount: Int? = nil
  ) -> [Result<[[Candidate]], MLMError>] {
    let results = Mutex(
      [Result<[[Candidate]], MLMError>](repeating: .success([]), count: texts.count))
    Threads(count: max(1, threadCount ?? Threads.defaultCount)).forEach(texts.count) { index, _ in
      let result = Result { () throws(MLMError) in
        try candidates(for: texts[index], count: count)
      }
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0 }
  }

  private func best(_ count: Int, of scores: UnsafeBufferPointer<Float>) -> [Candidate] {
    let highest = scores.max() ?? 0
    let sum = scores.reduce(0.0) { $0 + exponential(Double($1 - highest)) }
    // Ties go to the smaller identifier.
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return order.prefix(max(0, count)).map { id in
      let bytes = (try? model.tokenizer.decode([Int32(id)], skippingSpecialTokens: false)) ?? []
      return Candidate(
        token: String(decoding: bytes, as: UTF8.self), id: Int32(id),
        probability: Float(exponential(Double(scores[id] - highest)) / sum))
    }
  }
}

extension ModelDirectory {
  var whatItWasTrainedFor: String {
    switch head {
    case .classification: "fine-tuned on labels"
    case .replacedTokens: "trained to tell replaced tokens"
    case .none: "without a language-model head"
    case .languageModel:
      configuration.attention == .causal
        ? "trained to predict the next word" : "trained to fill masked tokens"
    }
  }
}
