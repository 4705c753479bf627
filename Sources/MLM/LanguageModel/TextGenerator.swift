import MLMModel
import MLMNumerics
import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func exponential(_ x: Double) -> Double { exp(x) }

/// Continues a text with a next-word language model.
public struct TextGenerator: Sendable {
  /// How the next token is chosen.
  public struct Options: Hashable, Sendable {
    /// Tokens to add at most.
    public var maximumTokens: Int
    /// 0 takes the likeliest token; 1 draws from the model's own probabilities.
    public var temperature: Float
    /// Draws only from this many likeliest tokens; from all if nil.
    public var topCount: Int?
    /// The same seed and text give the same continuation.
    public var seed: UInt64

    /// Creates options.
    public init(
      maximumTokens: Int = 64, temperature: Float = 0.8, topCount: Int? = 50, seed: UInt64 = 1
    ) {
      self.maximumTokens = maximumTokens
      self.temperature = temperature
      self.topCount = topCount
      self.seed = seed
    }
  }

  private let model: ModelDirectory

  /// Creates a generator.
  ///
  /// - Throws: ``MLMError`` with code `wrongModel` where the model does not end on next-word training.
  public init(_ model: ModelDirectory) throws(MLMError) {
    guard model.head == .languageModel, model.configuration.attention == .causal else {
      throw MLMError(
        .wrongModel,
        "expected a model trained with --objective clm, found one \(model.whatItWasTrainedFor)")
    }
    self.model = model
  }

  /// The text that follows `prompt`; ends early where the model ends its text.
  ///
  /// - Throws: ``MLMError`` with code `badText` where the prompt leaves no room.
  public func continuation(of prompt: String, options: Options = Options()) throws -> String {
    var ids = model.tokenizer.encode(prompt).ids
    // Without the end token: that is what the model is to find.
    if ids.last == model.tokenizer.endID { ids.removeLast() }
    let limit = model.configuration.maximumLength
    guard ids.count < limit else {
      throw MLMError(
        .badText, "expected a prompt of at most \(limit - 1) tokens, found \(ids.count)")
    }
    let promptCount = ids.count
    let transformer = model.transformer
    let head = LanguageModelHead(transformer)
    let activations = Activations(model.configuration, keeping: nil)
    let random = RandomStream(seed: options.seed, stream: 6)
    while ids.count < limit && ids.count - promptCount < options.maximumTokens {
      transformer.forward(Batch([ids]), into: activations)
      try model.requireFinite(activations.output)
      var next = model.tokenizer.endID
      head.scores(atRows: [Int32(ids.count - 1)], output: activations.output) { _, scores in
        next = choose(
          from: scores, options, uniform: random.uniform(step: 0, position: UInt64(ids.count)))
      }
      if next == model.tokenizer.endID { break }
      ids.append(next)
    }
    let bytes = try model.tokenizer.decode(ids[promptCount...])
    return String(decoding: bytes, as: UTF8.self)
  }

  private func choose(
    from scores: UnsafeBufferPointer<Float>, _ options: Options, uniform: Double
  ) -> Int32 {
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    guard options.temperature > 0 else { return Int32(order[0]) }
    let candidates = order.prefix(max(1, options.topCount ?? order.count))
    let highest = scores[order[0]]
    let weights = candidates.map {
      exponential(Double((scores[$0] - highest) / options.temperature))
    }
    var remaining = uniform * weights.reduce(0, +)
    for (candidate, weight) in zip(candidates, weights) {
      remaining -= weight
      if remaining < 0 { return Int32(candidate) }
    }
    return Int32(order[0])
  }
}
