/// Turns text into token identifiers and back.
///
/// Identifiers, tokens and offsets equal those of Hugging Face tokenizers for the same
/// tokenizer.json. A value may be used by any number of threads at once.
///
/// Text goes through these stages: added tokens are found in the raw text; what lies between is
/// normalized, cut into words and merged from bytes; the post-processor adds special tokens.
public struct Tokenizer: Sendable {
  /// What rewrites the text first.
  public let normalizer: Normalizer
  /// The spelling of the special tokens.
  public let specialTokens: SpecialTokens
  /// The identifier of the padding token.
  public let paddingID: Int32
  /// The identifier of the unknown token.
  public let unknownID: Int32
  /// The identifier of the token that begins a text.
  public let startID: Int32
  /// The identifier of the token that ends a text.
  public let endID: Int32
  /// The identifier of the mask token.
  public let maskID: Int32

  let model: BytePairModel
  let preTokenizer: ByteLevelSettings
  let postProcessor: PostProcessor
  let decoder: ByteLevelSettings
  let addedTokens: AddedTokens
  let pool: EncoderPool
  /// What the post-processor puts before and after a text.
  let prefix: [Int32]
  let suffix: [Int32]
  private let isSpecialByID: [Bool]

  /// Puts the parts together; the error names the special token that is not an added token.
  init(
    normalizer: Normalizer, preTokenizer: ByteLevelSettings, model: BytePairModel,
    postProcessor: PostProcessor, decoder: ByteLevelSettings, addedTokens: [AddedToken],
    specialTokens: SpecialTokens, name: String
  ) throws(TokenizerError) {
    let added = AddedTokens(addedTokens)
    var special = [Bool](repeating: false, count: model.vocabulary.count)
    for token in addedTokens where token.isSpecial && special.indices.contains(Int(token.id)) {
      special[Int(token.id)] = true
    }
    func id(_ spelling: String, _ role: String) throws(TokenizerError) -> Int32 {
      let bytes = Array(spelling.utf8)
      guard let token = added.tokens.first(where: { $0.content == bytes }) else {
        throw TokenizerError(
          code: .unsupported, file: name, place: "added_tokens",
          reason: "expected a \(role) token \"\(spelling)\", found none")
      }
      return token.id
    }
    paddingID = try id(specialTokens.padding, "padding")
    unknownID = try id(specialTokens.unknown, "unknown")
    startID = try id(specialTokens.start, "start")
    endID = try id(specialTokens.end, "end")
    maskID = try id(specialTokens.mask, "mask")
    self.normalizer = normalizer
    self.specialTokens = specialTokens
    self.model = model
    self.preTokenizer = preTokenizer
    self.postProcessor = postProcessor
    self.decoder = decoder
    self.addedTokens = added
    isSpecialByID = special
    pool = EncoderPool(model)
    if case .template(let template) = postProcessor {
      (prefix, suffix) = (template.prefix, template.suffix)
    } else {
      (prefix, suffix) = ([], [])
    }
  }

  /// How many tokens there are, special ones included; identifiers are 0 and up, without gaps.
  public var vocabularySize: Int { model.vocabulary.count }

  /// Returns the vocabulary string of a token as UTF-8, for example "Ġthe", or nil for an unknown
  /// identifier.
  public func token(_ id: Int32) -> [UInt8]? {
    model.vocabulary[Int(id)].map { Array($0) }
  }

  /// Returns the identifier of a vocabulary string, given as UTF-8.
  public func id(ofToken token: some Sequence<UInt8>) -> Int32? {
    model.vocabulary.id(of: token).map { Int32($0) }
  }

  /// Returns whether `id` is a special token.
  package func isSpecial(_ id: Int32) -> Bool {
    id >= 0 && Int(id) < isSpecialByID.count && isSpecialByID[Int(id)]
  }
}
