import MLMModel
import MLMNumerics
import MLMText

/// Turns texts into vectors.
///
/// ```swift
/// let encoder = TextEncoder(try ModelDirectory(contentsOf: "corpus.mlm"))
/// let vectors = try encoder.embeddings(for: ["A fine film.", "A dull one."])
/// print(vectors[0].cosineSimilarity(to: vectors[1]))
/// ```
///
/// One encoder serves any number of tasks and threads at once: all calls share its threads, which take a
/// piece of work of each call in turn. A text's vector does not depend on what else is embedded with it,
/// nor on what other calls do, up to the last bits on processors whose BLAS kernels are not exact by row
/// (`mlm info --machine` tells). The threads end when the last copy of the encoder is gone.
public struct TextEncoder: Sendable {
  let core: EncoderCore

  /// Creates an encoder that does what the model directory says.
  public init(_ model: ModelDirectory) {
    core = EncoderCore(model, Options(), dimension: model.embeddingDimension)
  }

  /// Creates an encoder.
  ///
  /// - Throws: ``MLMError`` with code `badOption` where the model has fewer dimensions than asked for.
  public init(_ model: ModelDirectory, options: Options) throws(MLMError) {
    let full =
      options.pooling == nil ? model.embeddingDimension : model.configuration.width
    if let wanted = options.dimensions, !(1...full).contains(wanted) {
      throw MLMError(
        .badOption, "dimensions: expected a number from 1 to the model's \(full), found \(wanted)")
    }
    core = EncoderCore(model, options, dimension: options.dimensions ?? full)
  }

  /// Numbers per vector.
  public var dimension: Int { core.dimension }

  /// Tokens that are read of a text, special ones included.
  public var maximumLength: Int { core.maximumLength }

  /// The vector of one text.
  ///
  /// - Parameters:
  ///   - text: The text; an empty one is its special tokens.
  ///   - prompt: What is put before it.
  /// - Throws: As ``embeddings(for:prompt:)-4f4tx``.
  public func embedding(
    for text: String, prompt: Prompt = .standard
  ) throws(MLMError) -> Embedding {
    try results(for: [text], prompt: prompt)[0].get()
  }

  /// The vectors of texts, in the order given; the calling thread waits for them.
  ///
  /// - Parameters:
  ///   - texts: The texts.
  ///   - prompt: What is put before each.
  /// - Throws: ``MLMError``: `badOption` for a prompt that the model does not have, `badText` for a text
  ///   that is too long under ``Overflow/error``, `notFinite` where the weights give no numbers.
  public func embeddings(
    for texts: some Collection<String>, prompt: Prompt = .standard
  ) throws(MLMError) -> [Embedding] {
    try Self.all(try results(for: texts, prompt: prompt))
  }

  /// The vectors of texts, in the order given, or what is wrong with each of them.
  ///
  /// - Throws: ``MLMError`` with code `badOption` for a prompt that the model does not have.
  public func results(
    for texts: some Collection<String>, prompt: Prompt = .standard
  ) throws(MLMError) -> [Result<Embedding, MLMError>] {
    try start(Array(texts), prompt: prompt).wait()
  }

  /// Begins with texts, and returns where their vectors will be: none of them once it is stopped.
  package func start(
    _ texts: [String], prompt: Prompt, in lane: WorkQueue.Lane? = nil, unless stop: StopFlag? = nil
  ) throws(MLMError) -> Promise<[Result<Embedding, MLMError>]> {
    let promise = Promise<[Result<Embedding, MLMError>]>()
    EncodingCall(texts, try core.prompt(prompt), core, lane, stop).start { promise.fulfil($0) }
    return promise
  }

  /// The embeddings of results, or the first error, which then tells the text.
  static func all(
    _ results: [Result<Embedding, MLMError>]
  ) throws(MLMError) -> [Embedding] {
    var embeddings: [Embedding] = []
    embeddings.reserveCapacity(results.count)
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let embedding): embeddings.append(embedding)
      case .failure(let error):
        throw MLMError(error.code, "text \(index + 1): \(error.description)")
      }
    }
    return embeddings
  }
}
