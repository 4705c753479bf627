/// What kind of tokenizer to learn, and how.
public struct TrainingOptions: Hashable, Sendable {
  /// The kinds of model.
  public enum Model: String, Hashable, Sendable, CaseIterable {
    /// Byte pairs: frequent pairs become tokens. Over bytes, which spell everything.
    case bytePairs
    /// Byte pairs over characters; others are unknown.
    case characterPairs
    /// BERT's model: words are cut from the left into the longest tokens. Learned by merging pairs.
    case wordPiece
    /// Tokens with probabilities, learned by expectation maximization.
    case unigram
  }

  /// What cuts normalized text into words.
  public enum PreTokenizer: String, Hashable, Sendable, CaseIterable {
    /// GPT-2's pattern; spaces belong to the word after them.
    case byteLevel = "byte-level"
    /// White space is dropped, and punctuation stands alone.
    case bert
    /// Spaces become U+2581, which begins a word.
    case metaspace
    /// White space is dropped; runs of word characters and runs of others are words.
    case whitespace
    /// White space is dropped.
    case whitespaceSplit = "whitespace-split"
  }

  /// The kind of model.
  public var model: Model
  /// How many tokens to end up with, special tokens and the alphabet included.
  public var vocabularySize: Int
  /// How often a pair must occur to be merged.
  public var minimumFrequency: Int
  /// What rewrites the text first.
  public var normalizer: Normalizer
  /// What cuts it into words.
  public var preTokenizer: PreTokenizer
  /// Whether text that does not begin with a space gets one.
  public var addsPrefixSpace: Bool
  /// The spelling of the special tokens.
  public var specialTokens: SpecialTokens
  /// Special tokens after those five.
  public var additionalTokens: [String]
  /// The limit of a token's length in characters, which merged tokens stay below; nil for none.
  public var maximumTokenLength: Int?
  /// The most characters that the alphabet may have, or nil; bytes are always all there.
  public var alphabetLimit: Int?
  /// Characters that the alphabet has whether they occur or not.
  public var initialAlphabet: String
  /// What tokens that go on in a word begin with, for example "##"; nil for nothing.
  public var continuingPrefix: String?
  /// What tokens that end a word end with, for example "</w>"; nil for nothing.
  public var wordSuffix: String?
  /// What only `unigram` asks for.
  public var unigram: Unigram

  /// How a `unigram` model is learned; the defaults are Hugging Face's and sentencepiece's.
  public struct Unigram: Hashable, Sendable {
    /// How many substrings to begin with.
    public var seedSize = 1_000_000
    /// The longest token in characters.
    public var longestToken = 16
    /// The share of the tokens that each round keeps.
    public var shrinkingFactor = 0.75
    /// Rounds of expectation maximization between two cuts.
    public var iterations = 2

    /// Creates the defaults.
    public init() {}
  }

  /// Creates options for byte pairs over bytes; the defaults are those of the program.
  public init(
    vocabularySize: Int = 8192, minimumFrequency: Int = 2, normalizer: Normalizer = .default,
    addsPrefixSpace: Bool = true, specialTokens: SpecialTokens = SpecialTokens(),
    maximumTokenLength: Int? = nil
  ) {
    model = .bytePairs
    self.vocabularySize = vocabularySize
    self.minimumFrequency = minimumFrequency
    self.normalizer = normalizer
    preTokenizer = .byteLevel
    self.addsPrefixSpace = addsPrefixSpace
    self.specialTokens = specialTokens
    additionalTokens = []
    self.maximumTokenLength = maximumTokenLength
    initialAlphabet = ""
    unigram = Unigram()
  }

  /// Creates the usual options of a kind of model.
  ///
  /// `wordPiece` has BERT's normalizer and pre-tokenizer and the prefix "##"; `characterPairs` and
  /// `unigram` have NFKC and `metaspace`.
  public init(model: Model) {
    self.init()
    self.model = model
    switch model {
    case .bytePairs: break
    case .characterPairs, .unigram: preTokenizer = .metaspace
    case .wordPiece:
      normalizer = .bert()
      preTokenizer = .bert
      continuingPrefix = "##"
    }
  }

  /// The special tokens in the order of their identifiers.
  var allSpecialTokens: [String] { specialTokens.inOrder + additionalTokens }

  /// The smallest vocabulary of byte pairs: five special tokens and 256 bytes.
  public static let smallestVocabularySize = 261

  /// Throws `invalidOptions` where the options contradict each other or cannot be met.
  func validate() throws(TokenizerError) {
    let special = allSpecialTokens
    let smallest = special.count + (model == .bytePairs ? 256 : 1)
    try require(
      vocabularySize >= smallest,
      "a vocabulary size of at least \(smallest)"
        + (model == .bytePairs ? " (\(special.count) special tokens, 256 bytes)" : ""),
      "\(vocabularySize)")
    try require(
      vocabularySize < Int(Int32.max), "a vocabulary size below 2^31 - 1", "\(vocabularySize)")
    let symbols = Set((0..<256).map { ByteLevelAlphabet.string(of: [UInt8($0)]) })
    for (index, token) in special.enumerated() {
      let bytes = Array(token.utf8)
      let isSymbol = model == .bytePairs && symbols.contains(bytes)
      try require(
        !bytes.isEmpty && !isSymbol && !special[..<index].contains { Array($0.utf8) == bytes },
        "different special tokens of two characters or more", "\"\(token)\"")
    }
    try require(
      (model == .bytePairs) == (preTokenizer == .byteLevel),
      model == .bytePairs
        ? "the pre-tokenizer byte-level for byte pairs over bytes"
        : "another pre-tokenizer than byte-level, which is for byte pairs over bytes",
      preTokenizer.rawValue)
    if let maximumTokenLength {
      try require(
        maximumTokenLength > 0, "a token length of at least 1", "\(maximumTokenLength)")
    }
    if let alphabetLimit {
      try require(
        alphabetLimit > 0 && model != .bytePairs, "an alphabet limit of at least 1, and characters",
        model == .bytePairs ? "byte pairs over bytes" : "\(alphabetLimit)")
    }
    if model == .bytePairs || model == .unigram {
      try require(
        continuingPrefix == nil && wordSuffix == nil,
        "a prefix or a suffix with pairs of characters or words in pieces only", model.rawValue)
    }
    if model == .bytePairs {
      try require(
        initialAlphabet.isEmpty, "no initial alphabet, since all bytes are there", "one")
    }
    let settings = unigram
    try require(
      settings.seedSize > 0 && settings.longestToken > 0 && settings.iterations > 0
        && settings.shrinkingFactor > 0 && settings.shrinkingFactor < 1,
      "positive numbers, and a shrinking factor between 0 and 1", "\(settings)")
  }

  private func require(
    _ condition: Bool, _ expected: String, _ found: String
  ) throws(TokenizerError) {
    guard !condition else { return }
    throw TokenizerError(code: .invalidOptions, reason: "expected \(expected), found \(found)")
  }

  /// The pre-tokenizer as a tokenizer runs it.
  package var cutting: MLMText.PreTokenizer {
    switch preTokenizer {
    case .byteLevel:
      var settings = ByteLevelSettings()
      settings.addsPrefixSpace = addsPrefixSpace
      return MLMText.PreTokenizer(steps: [.byteLevel(settings)])
    case .bert: return MLMText.PreTokenizer(steps: [.bert])
    case .metaspace:
      return MLMText.PreTokenizer(steps: [.metaspace(metaspace)])
    case .whitespace: return MLMText.PreTokenizer(steps: [.whitespace])
    case .whitespaceSplit: return MLMText.PreTokenizer(steps: [.whitespaceSplit])
    }
  }

  var metaspace: Metaspace {
    var metaspace = Metaspace(replacement: Array("\u{2581}".utf8))
    metaspace.prepending = addsPrefixSpace ? .always : .never
    return metaspace
  }
}
