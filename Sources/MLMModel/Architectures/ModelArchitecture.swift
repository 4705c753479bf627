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

  /// Starts of names of further tensors that a file may hold where no head is asked for.
  static var headTensors: [String] { get }

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

extension ModelArchitecture {
  static var headTensors: [String] { ["qa_outputs.", "sequence_summary."] }

  static func pooling(_ reader: ConfigurationReader) throws(ModelError) -> Pooling { .first }

  /// What a class of transformers has on top of the transformer; nil where it is none of the family's.
  static func head(ofClass name: String) -> HeadKind? {
    if let known = classes.first(where: { $0.name == name }) { return known.head }
    // Heads that cannot be run: what is below them can.
    let others = [
      "TokenClassification", "QuestionAnswering", "MultipleChoice", "NextSentencePrediction",
    ]
    let isOther = classes.contains { known in
      known.head == .none && known.name.hasSuffix("Model")
        && others.contains { name == known.name.dropLast(5) + "For" + $0 }
    }
    return isOther ? HeadKind.none : nil
  }
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
