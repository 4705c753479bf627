import MLMModel
import MLMNumerics
import MLMText

/// Turns texts into vectors.
///
/// ```swift
/// let encoder = TextEncoder(try ModelDirectory(contentsOf: "corpus.mlm"))
/// let vectors = encoder.embeddings(for: ["A fine film.", "A dull one."])
/// print(vectors[0].cosineSimilarity(to: vectors[1]))
/// ```
public struct TextEncoder: Sendable {
  /// How texts are embedded.
  public struct Options: Hashable, Sendable {
    /// How the rows of a text become one; what the model directory says if nil.
    public var pooling: Pooling?
    /// Whether vectors are scaled to length 1; what the model directory says if nil.
    public var normalizesLength: Bool?
    /// Tokens read of each text, special ones included; the model's limit if nil.
    public var maximumLength: Int?
    /// Threads to compute on; all processors if nil.
    public var threadCount: Int?

    /// Options that follow the model directory unless told otherwise.
    public init(
      pooling: Pooling? = nil, normalizesLength: Bool? = nil, maximumLength: Int? = nil,
      threadCount: Int? = nil
    ) {
      self.pooling = pooling
      self.normalizesLength = normalizesLength
      self.maximumLength = maximumLength
      self.threadCount = threadCount
    }
  }

  private let model: ModelDirectory
  private let pooling: Pooling
  private let normalizesLength: Bool
  private let maximumLength: Int
  private let pass: SequencePass

  /// Creates an encoder.
  public init(_ model: ModelDirectory, options: Options = Options()) {
    self.model = model
    pooling = options.pooling ?? model.sentencePooling.pooling
    normalizesLength = options.normalizesLength ?? model.sentencePooling.normalizesLength
    let limit = model.configuration.maximumLength
    maximumLength = max(
      2, min(limit, options.maximumLength ?? model.sentencePooling.maximumLength ?? limit))
    pass = SequencePass(
      model.transformer,
      threads: Threads(count: max(1, options.threadCount ?? Threads.defaultCount)))
  }

  /// Numbers per vector.
  public var dimension: Int { model.configuration.width }

  /// The vector of one text.
  public func embedding(for text: String) -> Embedding {
    embeddings(for: CollectionOfOne(text))[0]
  }

  /// The vectors of texts, in the order given.
  ///
  /// A text's vector does not depend on what else is embedded with it, up to the last bits on
  /// processors whose BLAS kernels are not exact by row (`mlm info --machine` tells).
  public func embeddings(for texts: some Collection<String>) -> [Embedding] {
    let tokenized = texts.map {
      TokenizedText($0, model.tokenizer, maximumLength: maximumLength)
    }
    let width = dimension
    let vectors = FloatBuffer(count: max(1, tokenized.count * width))
    let (pooling, normalizesLength) = (pooling, normalizesLength)
    let processor = pass.transformer.processor
    pass.run(tokenized.map(\.ids)) { piece, rows, _ in
      let pooled = FloatBuffer(count: piece.indices.count * width)
      let result = Matrix(pooled.pointer, rows: piece.indices.count, columns: width)
      PoolingLayer(pooling).forward(result, rows, offsets: piece.batch.offsets, on: processor)
      for (row, index) in piece.indices.enumerated() {
        let target = vectors.pointer + index * width
        target.update(from: result.pointer + row * width, count: width)
        if normalizesLength { Self.normalize(target, count: width) }
      }
    }
    return tokenized.enumerated().map { index, text in
      Embedding(
        values: Array(
          UnsafeBufferPointer(start: vectors.pointer + index * width, count: width)),
        tokenCount: text.ids.count, isTruncated: text.isTruncated)
    }
  }

  private static func normalize(_ values: UnsafeMutablePointer<Float>, count: Int) {
    var sum = 0.0
    for index in 0..<count { sum += Double(values[index]) * Double(values[index]) }
    guard sum > 0 else { return }
    let scale = Float(1 / sum.squareRoot())
    for index in 0..<count { values[index] *= scale }
  }
}
