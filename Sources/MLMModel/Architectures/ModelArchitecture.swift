/// A family of models as Hugging Face stores them: configuration, classes and tensor names.
protocol ModelArchitecture {
  /// What the tensors of the transformer are called before the first dot.
  ///
  /// A file of the transformer alone may lack it.
  static var prefix: String { get }

  /// The head of each class of transformers that can be opened; a directory without a class has the
  /// first one's.
  static var classes: [(name: String, head: HeadKind)] { get }

  /// The name of the first layer of a classification head that the transformer alone may come with.
  static var poolerName: String? { get }

  /// Starts of names of tensors that a file may hold although they are not asked for.
  static var unusedTensors: [String] { get }

  /// The switches of a configuration.
  ///
  /// - Throws: ``ModelError`` with code `malformed` or `unsupported`.
  static func transformer(
    _ reader: ConfigurationReader
  ) throws(ModelError) -> TransformerConfiguration

  /// How a classification head pools.
  static func pooling(_ reader: ConfigurationReader) throws(ModelError) -> Pooling

  /// Writes the switches of a model, and what the family calls it.
  static func write(_ description: ModelDescription, to file: inout ConfigurationFile)

  /// The names in a file of a parameter of ours.
  static func tensorNames(
    of slot: ParameterLayout.Slot, in description: ModelDescription
  ) -> [TensorName]
}

/// A kind of head, whatever its size.
enum HeadKind: Hashable {
  case none, languageModel, classification, replacedTokens

  init(_ head: Head) {
    switch head {
    case .none: self = .none
    case .languageModel: self = .languageModel
    case .classification: self = .classification
    case .replacedTokens: self = .replacedTokens
    }
  }
}

/// The families of models that can be opened.
package enum ModelFamily: String, CaseIterable, Sendable {
  case bert
  case roberta
  case xlmRoberta = "xlm-roberta"
  case camembert
  case distilbert
  case electra
  /// ModernBERT; where attention is causal, its decoder, which has a model type of its own.
  case modernBERT = "modernbert"

  var architecture: any ModelArchitecture.Type {
    switch self {
    case .bert: BERT.self
    case .roberta: RoBERTa.self
    case .xlmRoberta: XLMRoBERTa.self
    case .camembert: CamemBERT.self
    case .distilbert: DistilBERT.self
    case .electra: ELECTRA.self
    case .modernBERT: ModernBERT.self
    }
  }

  /// The only way in which the family's classification heads pool; any if nil.
  package var classifierPooling: Pooling? { self == .modernBERT ? nil : .first }

  /// Whether the transformer alone comes with the first layer of a classification head.
  package var hasPooler: Bool { architecture.poolerName != nil }

  /// Whether the family has a class that reads from left to right.
  package var hasDecoder: Bool {
    architecture.classes.contains { ModelDescription.isDecoder($0.name) }
  }

  init(modelType: String, path: String) throws(ModelError) {
    let name = modelType == ModernBERT.decoderType ? ModelFamily.modernBERT.rawValue : modelType
    guard let family = ModelFamily(rawValue: name) else {
      let known = ModelFamily.allCases.map(\.rawValue) + [ModernBERT.decoderType]
      throw ModelError(
        .unsupported, path,
        "model_type: expected one of \(known.joined(separator: ", ")), found \(modelType)")
    }
    self = family
  }
}
