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

  /// Where the weights come from, as errors call it.
  private let weightsPath: String

  package init(
    tokenizer: Tokenizer, description: ModelDescription, parameters: Parameters,
    sentencePooling: SentencePooling = SentencePooling(), weightsPath: String = "weights"
  ) {
    self.tokenizer = tokenizer
    self.description = description
    self.parameters = parameters
    self.sentencePooling = sentencePooling
    self.weightsPath = weightsPath
  }

  /// Opens a model directory.
  ///
  /// The weights are used where they lie in the file, and read from the disk when they are needed.
  ///
  /// - Parameter path: The directory: one of ours, or one of a BERT, RoBERTa, XLM-RoBERTa, CamemBERT,
  ///   DistilBERT, ELECTRA, ModernBERT or ModernBERT decoder in Hugging Face's or in
  ///   sentence-transformers' layout.
  /// - Throws: `FileError` where a file is missing or unreadable, ``ModelError`` where the weights or
  ///   the configuration are wrong, `TokenizerError` where the tokenizer is.
  public init(contentsOf path: String) throws {
    try self.init(contentsOf: path, newHeadSeed: nil)
  }

  /// Opens a model directory whose head may be missing, and is then drawn anew.
  ///
  /// - Parameter newHeadSeed: The seed of a head that the weights lack; nil where that is an error.
  package init(contentsOf path: String, newHeadSeed: UInt64?) throws {
    let folder = try SentencePooling.transformerFolder(of: path)
    let configurationPath = folder + "/config.json"
    var description = try ModelDescription(
      json: try FileContents.read(configurationPath), path: configurationPath)
    let settings = try TokenizerSettings(directory: folder)
    // Both are of about equal size; what is wrong with the tokenizer is told first.
    let (opened, weights) = WorkerThreads.both(sideBySide: true) {
      Result { settings.apply(to: try Tokenizer(contentsOf: folder)) }
    } _: { [description] in
      Result { try Self.weights(in: folder, of: description, newHead: newHeadSeed != nil) }
    }
    let tokenizer = try opened.get()
    // Foreign models need not have a mask, say; what needs one asks for it.
    if description.objective != nil {
      try tokenizer.requireSpecialTokens(name: folder + "/tokenizer.json")
    }
    try Self.check(tokenizer, fits: description, folder)
    let (adapted, parameters, missing, weightsPath) = try weights.get()
    description = adapted
    if let newHeadSeed, !missing.isEmpty { parameters.initialize(seed: newHeadSeed, only: missing) }
    var pooling = try SentencePooling(directory: path, width: description.transformer.width)
    if let length = settings.maximumLength, length < description.transformer.maximumLength {
      pooling.maximumLength = pooling.maximumLength ?? length
    }
    self.init(
      tokenizer: tokenizer, description: description, parameters: parameters,
      sentencePooling: pooling, weightsPath: weightsPath)
  }

  /// The weights of a model, and the model as they tell it.
  private static func weights(
    in folder: String, of description: ModelDescription, newHead: Bool
  ) throws -> (ModelDescription, Parameters, missing: Set<String>, path: String) {
    let files = try WeightFiles(directory: folder)
    let adapted = description.adapted(to: files)
    let (parameters, missing) = try Parameters.open(adapted, from: files, newHead: newHead)
    return (adapted, parameters, missing, files.path)
  }

  /// The weights of a model directory, opened and not read.
  ///
  /// - Throws: As opening the directory does.
  package static func weightFiles(of path: String) throws -> WeightFiles {
    try WeightFiles(directory: SentencePooling.transformerFolder(of: path))
  }

  /// Looks through all weights, which opening a large model does not.
  ///
  /// - Throws: ``ModelError`` with code `malformed`, naming a tensor that holds what is no number.
  package func requireFiniteWeights() throws(ModelError) {
    try parameters.requireFinite(description, path: weightsPath)
  }

  /// Checks what the model made of a text.
  ///
  /// - Throws: ``MLMError`` with code `wrongModel` where a weight is no number, `badText` where the
  ///   numbers of this text have grown beyond all others.
  package func requireFinite(_ rows: Matrix) throws(MLMError) {
    guard !FiniteNumbers.areAll(in: rows) else { return }
    do { try requireFiniteWeights() } catch { throw MLMError(.wrongModel, error.description) }
    throw MLMError(.badText, "expected numbers, found none: the text overflows the model")
  }

  private static func check(
    _ tokenizer: Tokenizer, fits description: ModelDescription, _ path: String
  ) throws(ModelError) {
    let expected = description.tokenCount ?? description.transformer.vocabularySize
    let found = tokenizer.vocabularySize
    // Others pad the vocabulary of the model to a round number; we say so where a model came like it.
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
