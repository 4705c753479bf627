import MLMModel

/// How a sentence embedding is made: the sentence-transformers part of a model directory.
public struct SentencePooling: Hashable, Sendable {
  /// What is done to a vector after pooling.
  package enum Step: Hashable, Sendable {
    case dense(DenseLayer)
    /// Scaled to length 1.
    case normalize
  }

  /// How vectors are compared.
  public enum Similarity: String, CaseIterable, Hashable, Sendable {
    /// The cosine of the angle between them.
    case cosine
    /// Their product.
    case dot
    /// Their distance, negated.
    case euclidean
    /// The sum of the distances of their numbers, negated.
    case manhattan
  }

  /// How the rows of a text become one; the results of several ways are joined end to end.
  public var poolings: [Pooling]
  /// Whether the tokens of a prompt are pooled with those of the text.
  public var includesPrompt = true
  /// What is done to the pooled vector, in this order.
  package var steps: [Step]
  /// Tokens of a text that are read, special ones included; the model's own limit if nil.
  public var maximumLength: Int?
  /// Whether texts are made lowercase before the tokenizer sees them.
  public var lowercases = false
  /// Texts that are put before a text, by name.
  public var prompts: [String: String] = [:]
  /// The name of the prompt that is used unless told otherwise; none if nil.
  public var defaultPromptName: String?
  /// How vectors are compared.
  public var similarity = Similarity.cosine

  /// Mean pooling and length 1, unless told otherwise.
  public init(pooling: Pooling = .mean, normalizesLength: Bool = true, maximumLength: Int? = nil) {
    poolings = [pooling]
    steps = normalizesLength ? [.normalize] : []
    self.maximumLength = maximumLength
  }

  /// The first way of pooling; setting it leaves no other.
  public var pooling: Pooling {
    get { poolings.first ?? .mean }
    set { poolings = [newValue] }
  }

  /// Whether embeddings are scaled to length 1 in the end.
  public var normalizesLength: Bool {
    get { steps.last == .normalize }
    set {
      guard newValue != normalizesLength else { return }
      if newValue { steps.append(.normalize) } else { steps.removeAll { $0 == .normalize } }
    }
  }

  /// Numbers of an embedding.
  ///
  /// - Parameter width: The numbers that a row of the model has.
  public func dimension(width: Int) -> Int {
    steps.reduce(poolings.count * width) { dimension, step in
      if case .dense(let layer) = step { layer.outputWidth } else { dimension }
    }
  }
}
