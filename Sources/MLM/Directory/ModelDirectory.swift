import MLMModel
import MLMNumerics
import MLMText

/// A tokenizer and a model trained with it, as one directory in Hugging Face's layout stores them.
///
/// A value that may be used from many tasks at once; the weights are shared, not copied.
public struct ModelDirectory: Sendable {
  /// Turns text into the model's tokens.
  public let tokenizer: Tokenizer
  /// How sentence embeddings are made from the rows of a text.
  public var sentencePooling: SentencePooling
  /// The number format of the operands of matrix products in what is made from this value.
  public var precision = Precision.float32
  package var description: ModelDescription
  package let parameters: Parameters

  package init(
    tokenizer: Tokenizer, description: ModelDescription, parameters: Parameters,
    sentencePooling: SentencePooling = SentencePooling()
  ) {
    self.tokenizer = tokenizer
    self.description = description
    self.parameters = parameters
    self.sentencePooling = sentencePooling
  }

  /// Opens a model directory.
  ///
  /// - Parameter path: The directory.
  /// - Throws: `FileError` where a file is missing or unreadable, ``ModelError`` where the weights or
  ///   the configuration are wrong, `TokenizerError` where the tokenizer is.
  public init(contentsOf path: String) throws {
    let configurationPath = path + "/config.json"
    let description = try ModernBERT.description(
      ofJSON: try FileContents.read(configurationPath), path: configurationPath)
    let tokenizer = try Tokenizer(contentsOf: path)
    try tokenizer.requireSpecialTokens(name: path + "/tokenizer.json")
    try Self.check(tokenizer, fits: description, path)
    let file = try SafetensorsFile(path: path + "/model.safetensors")
    let parameters = try Parameters(
      description.layout, from: file,
      named: { ModernBERT.tensorNames(of: $0, in: description) },
      ignoring: ModernBERT.isIgnorable)
    self.init(
      tokenizer: tokenizer, description: description, parameters: parameters,
      sentencePooling: try SentencePooling(
        directory: path, width: description.transformer.width))
  }

  private static func check(
    _ tokenizer: Tokenizer, fits description: ModelDescription, _ path: String
  ) throws(ModelError) {
    let expected = description.transformer.vocabularySize
    let found = tokenizer.vocabularySize
    // Others pad the vocabulary of the model to a round number; we never do.
    let fits = description.objective == nil ? found <= expected : found == expected
    if !fits {
      throw ModelError(
        .mismatch, path + "/tokenizer.json",
        "expected the \(expected) tokens of the model's vocabulary, found \(found)")
    }
  }

  /// The shape of the model.
  public var configuration: TransformerConfiguration { description.transformer }
  /// What the model was pretrained on (`mlm`, `hybrid`, `clm` …), if its directory says so.
  public var objective: String? { description.objective }
  /// What sits on top of the transformer.
  public var head: Head { description.head }
  /// Names of the classes of a classifier, in the order of its scores.
  public var labels: [String] { description.labels }
  /// Number of trained numbers, head included.
  public var parameterCount: Int { parameters.layout.parameterCount }

  package var transformer: Transformer {
    Transformer(
      description.transformer, parameters: parameters, processor: .current(precision))
  }
}
