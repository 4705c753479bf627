/// What a tokenizer consists of, for people to read.
package struct TokenizerSummary: Hashable, Sendable {
  /// The value of a setting.
  package enum Value: Hashable, Sendable {
    case flag(Bool)
    case number(Int)
    case fraction(Double)
    case text(String)
    /// Data that nobody reads, as its number of bytes.
    case data(Int)
    case none
  }

  /// A setting by the name that a tokenizer.json gives it.
  package struct Setting: Hashable, Sendable {
    package let name: String
    package let value: Value
  }

  /// A component by the type that a tokenizer.json gives it, with all its settings.
  package struct Component: Hashable, Sendable {
    package let type: String
    package let settings: [Setting]

    init(_ type: String, _ settings: KeyValuePairs<String, Value> = [:]) {
      self.type = type
      self.settings = settings.map { Setting(name: $0.key, value: $0.value) }
    }
  }

  /// An added token.
  package struct AddedToken: Hashable, Sendable {
    package let id: Int32
    package let content: String
    package let isSpecial: Bool
    package let isSingleWord: Bool
    package let takesSpaceBefore: Bool
    package let takesSpaceAfter: Bool
    package let isNormalized: Bool
  }

  /// The steps of each part, in the order in which they run; sequences are written out.
  package let normalizer: [Component]
  package let preTokenizer: [Component]
  package let model: Component
  package let postProcessor: [Component]
  package let decoder: [Component]
  /// One more than the highest identifier.
  package let vocabularySize: Int
  /// The merges of a byte-pair model; 0 for others.
  package let mergeCount: Int
  /// In the order of their identifiers.
  package let addedTokens: [AddedToken]

  /// Looks at a tokenizer.
  package init(_ tokenizer: Tokenizer) {
    normalizer = tokenizer.normalizer.steps.map(\.kind.summary)
    preTokenizer = tokenizer.preTokenizer.steps.map(\.summary)
    model = tokenizer.model.summary
    postProcessor = tokenizer.postProcessor.steps.compactMap(\.summary)
    decoder = tokenizer.decoder?.summaries ?? []
    vocabularySize = tokenizer.vocabularySize
    mergeCount = tokenizer.model.mergeCount
    addedTokens = tokenizer.addedTokens.map { token in
      AddedToken(
        id: token.id, content: String(decoding: token.content, as: UTF8.self),
        isSpecial: token.isSpecial, isSingleWord: token.isSingleWord,
        takesSpaceBefore: token.takesSpaceBefore, takesSpaceAfter: token.takesSpaceAfter,
        isNormalized: token.isNormalized)
    }
  }
}

extension TokenizerSummary.Value {
  init(_ bytes: [UInt8]) { self = .text(String(decoding: bytes, as: UTF8.self)) }
}
