/// Turns text into token identifiers and back.
///
/// Identifiers, tokens and offsets equal those of Hugging Face tokenizers for the same
/// tokenizer.json. A value may be used by any number of threads at once.
///
/// Text goes through these stages: added tokens are found in the raw text; what lies between is
/// normalized, cut into words and made tokens of by the model; the post-processor adds special
/// tokens.
public struct Tokenizer: Sendable {
  /// What rewrites the text first.
  public let normalizer: Normalizer
  /// The spelling of the special tokens; a tokenizer need not have them all.
  public private(set) var specialTokens: SpecialTokens
  /// The identifier of the padding token, or -1 if there is none.
  public private(set) var paddingID: Int32
  /// The identifier of the unknown token, or -1 if there is none.
  public private(set) var unknownID: Int32
  /// The identifier of the token that begins a text, or -1 if there is none.
  public private(set) var startID: Int32
  /// The identifier of the token that ends a text, or -1 if there is none.
  public private(set) var endID: Int32
  /// The identifier of the mask token, or -1 if there is none.
  public private(set) var maskID: Int32
  /// How `input` shortens texts; nil for not at all.
  public var truncation: Truncation?
  /// How `input` fills up texts; nil for not at all.
  public var padding: Padding?

  /// What makes tokens of words.
  package let model: TokenModel
  var preTokenizer: PreTokenizer
  let postProcessor: PostProcessor
  let decoder: Decoder?
  /// All added tokens in the order of their identifiers.
  let addedTokens: [AddedToken]
  /// Those found in the raw text, and those found in the normalized text.
  let rawTokens: AddedTokens
  let normalizedTokens: AddedTokens
  /// How the normalizer spells those of the latter that it changes.
  let normalizedAdded: [Int32: [UInt8]]
  let addedIDs: Set<Int32>
  /// The memory that encoding uses, lent to one thread at a time.
  package let pool: EncoderPool
  /// What runs without cutting text into pieces first, if the tokenizer is made that way.
  var fastPath: FastPath?
  /// What runs on stretches between spaces, if the tokenizer is made that way.
  package let wordwisePath: WordwisePath?
  /// What the post-processor puts before and after a text.
  package let prefix: [Int32]
  package let suffix: [Int32]
  /// The document that it was read from, where `json` cannot be written anew.
  let source: [UInt8]?
  private let isSpecialByID: [Bool]
  /// Whether decoding leaves each token out: goes by its spelling, as in Hugging Face tokenizers,
  /// which after normalization need not be a special token's.
  private let isLeftOutByID: [Bool]

  /// Puts the parts together; the error names a special token that was asked for and is no added
  /// token.
  init(
    normalizer: Normalizer, preTokenizer: PreTokenizer, model: TokenModel,
    postProcessor: PostProcessor, decoder: Decoder?, addedTokens: [AddedToken],
    specialTokens: SpecialTokens, requiresSpecialTokens: Bool, truncation: Truncation? = nil,
    padding: Padding? = nil, source: [UInt8]? = nil, name: String
  ) throws(TokenizerError) {
    var special = [Bool](repeating: false, count: model.vocabulary.count)
    for token in addedTokens where token.isSpecial && special.indices.contains(Int(token.id)) {
      special[Int(token.id)] = true
    }
    func id(_ spelling: String) -> Int32 {
      let bytes = Array(spelling.utf8)
      return addedTokens.first { $0.content == bytes }?.id ?? -1
    }
    paddingID = id(specialTokens.padding)
    unknownID = id(specialTokens.unknown)
    startID = id(specialTokens.start)
    endID = id(specialTokens.end)
    maskID = id(specialTokens.mask)
    self.normalizer = normalizer
    self.specialTokens = specialTokens
    self.truncation = truncation
    self.padding = padding
    self.model = model
    self.preTokenizer = preTokenizer
    self.postProcessor = postProcessor
    self.decoder = decoder
    self.source = source
    self.addedTokens = addedTokens.sorted { $0.id < $1.id }
    rawTokens = AddedTokens(addedTokens.filter { !$0.isNormalized })
    var normalized: [Int32: [UInt8]] = [:]
    for token in addedTokens where token.isNormalized {
      let spelling = normalizer.normalized(token.content)
      if spelling != token.content { normalized[token.id] = spelling }
    }
    normalizedAdded = normalized
    normalizedTokens = AddedTokens(addedTokens.filter(\.isNormalized)) {
      normalized[$0.id] ?? $0.content
    }
    addedIDs = Set(addedTokens.map(\.id))
    isSpecialByID = special
    let specialSpellings = Set(addedTokens.lazy.filter(\.isSpecial).map(\.content))
    var leftOut = special
    for (id, spelling) in normalized where leftOut.indices.contains(Int(id)) {
      leftOut[Int(id)] = specialSpellings.contains(spelling)
    }
    isLeftOutByID = leftOut
    pool = EncoderPool(model)
    fastPath =
      model.bytePairs != nil && normalizedTokens.isEmpty ? FastPath(preTokenizer.steps) : nil
    wordwisePath =
      model.isRepeatable && normalizedTokens.isEmpty
      ? WordwisePath(normalizer.operations, preTokenizer.steps) : nil
    prefix = postProcessor.prefix
    suffix = postProcessor.suffix
    if requiresSpecialTokens { try requireSpecialTokens(name: name) }
  }

  /// The same tokenizer, whose special tokens are those of the given spellings, where it has them.
  package func naming(_ tokens: SpecialTokens) -> Tokenizer {
    func id(_ spelling: String) -> Int32 {
      addedTokens.first { $0.content.elementsEqual(spelling.utf8) }?.id ?? -1
    }
    var copy = self
    copy.specialTokens = tokens
    copy.paddingID = id(tokens.padding)
    copy.unknownID = id(tokens.unknown)
    copy.startID = id(tokens.start)
    copy.endID = id(tokens.end)
    copy.maskID = id(tokens.mask)
    return copy
  }

  /// How many tokens there are, special ones included: one more than the highest identifier.
  public var vocabularySize: Int { model.vocabulary.count }

  /// Whether an expression of the tokenizer took too many steps on a text that was encoded: its
  /// matches were then not all found, and the tokens are not what they should be.
  public var exceededStepLimit: Bool {
    normalizer.operations.contains { operation in
      if case .replace(.expression(let expression), _) = operation {
        expression.exceededStepLimit
      } else {
        false
      }
    }
      || preTokenizer.steps.contains { step in
        if case .split(.expression(let expression), _, _) = step {
          expression.exceededStepLimit
        } else {
          false
        }
      }
  }

  /// Returns the vocabulary string of a token as UTF-8, for example "Ġthe", or nil for an unknown
  /// identifier.
  ///
  /// An added token that is looked for in normalized text is spelled as it is found there.
  public func token(_ id: Int32) -> [UInt8]? {
    normalizedAdded[id] ?? model.vocabulary[Int(id)].map { Array($0) }
  }

  /// Returns the identifier of a vocabulary string, given as UTF-8.
  public func id(ofToken token: some Sequence<UInt8>) -> Int32? {
    let token = Array(token)
    if let added = addedTokens.first(where: { $0.content == token }) { return added.id }
    return model.vocabulary.id(of: token).map { Int32($0) }
  }

  /// Returns whether `id` is a special token.
  package func isSpecial(_ id: Int32) -> Bool {
    id >= 0 && Int(id) < isSpecialByID.count && isSpecialByID[Int(id)]
  }

  /// Returns whether decoded text lacks the token `id` where special tokens are skipped.
  func isLeftOut(_ id: Int32) -> Bool {
    id >= 0 && Int(id) < isLeftOutByID.count && isLeftOutByID[Int(id)]
  }

  /// Throws `unsupported` if one of the five special tokens that models need is missing; `name` is
  /// what the error calls the file.
  package func requireSpecialTokens(name: String) throws(TokenizerError) {
    for (id, spelling, role) in [
      (paddingID, specialTokens.padding, "padding"), (unknownID, specialTokens.unknown, "unknown"),
      (startID, specialTokens.start, "start"), (endID, specialTokens.end, "end"),
      (maskID, specialTokens.mask, "mask"),
    ] where id < 0 {
      throw TokenizerError(
        code: .unsupported, file: name, place: "added_tokens",
        reason: "expected a \(role) token \"\(spelling)\", found none")
    }
  }
}
