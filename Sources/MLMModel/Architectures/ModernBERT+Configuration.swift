#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ModernBERT {
  /// The keys of `config.json` that we write or act on.
  private struct Configuration: Codable {
    var model_type: String?
    var architectures: [String]?
    var vocab_size, hidden_size, intermediate_size: Int?
    var num_hidden_layers, num_attention_heads, max_position_embeddings: Int?
    var norm_eps: Double?
    var hidden_activation, classifier_activation, classifier_pooling: String?
    var norm_bias, attention_bias, mlp_bias, decoder_bias, classifier_bias: Bool?
    var tie_word_embeddings, reference_compile: Bool?
    var attention_dropout, embedding_dropout, mlp_dropout, classifier_dropout: Double?
    var initializer_range: Double?
    var global_attn_every_n_layers, local_attention: Int?
    var global_rope_theta, local_rope_theta: Double?
    var layer_types: [String]?
    var rope_parameters: [String: RotaryParameters]?
    var pad_token_id, bos_token_id, eos_token_id, cls_token_id, sep_token_id: Int?
    var id2label: [String: String]?
    var label2id: [String: Int]?
    var problem_type, torch_dtype, mlm_objective: String?

    struct RotaryParameters: Codable {
      var rope_type: String?
      var rope_theta: Double?
    }
  }

  /// Reads a `config.json`.
  ///
  /// - Throws: ``ModelError`` with code `malformed` or `unsupported`, naming the key.
  package static func description(
    ofJSON bytes: [UInt8], path: String
  ) throws(ModelError) -> ModelDescription {
    let file: Configuration
    do {
      file = try JSONDecoder().decode(Configuration.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw ModelError(.malformed, path, error.explanation)
    } catch {
      throw ModelError(.malformed, path, "expected a JSON object")
    }
    guard let type = file.model_type else {
      throw ModelError(.malformed, path, "expected a key model_type")
    }
    guard type == "modernbert" || type == "modernbert-decoder" else {
      throw ModelError(
        .unsupported, path, "model_type: expected modernbert or modernbert-decoder, found \(type)")
    }
    try checkSupported(file, path)
    let transformer = try transformer(file, isDecoder: type == "modernbert-decoder", path)
    let task = try task(file, path)
    let (head, labels) = try head(file, task, path)
    return ModelDescription(
      transformer: transformer, head: head, task: task, pooling: try pooling(file, path),
      labels: labels,
      objective: file.mlm_objective)
  }

  private static func transformer(
    _ file: Configuration, isDecoder: Bool, _ path: String
  ) throws(ModelError) -> TransformerConfiguration {
    func size(_ value: Int?, _ key: String) throws(ModelError) -> Int {
      guard let value else { throw ModelError(.malformed, path, "expected a key \(key)") }
      return value
    }
    let base =
      file.rope_parameters?["full_attention"]?.rope_theta ?? file.global_rope_theta ?? 160_000
    let configuration = TransformerConfiguration(
      vocabularySize: try size(file.vocab_size, "vocab_size"),
      layerCount: try size(file.num_hidden_layers, "num_hidden_layers"),
      width: try size(file.hidden_size, "hidden_size"),
      feedForwardWidth: try size(file.intermediate_size, "intermediate_size"),
      headCount: try size(file.num_attention_heads, "num_attention_heads"),
      maximumLength: try size(file.max_position_embeddings, "max_position_embeddings"),
      normEpsilon: Float(file.norm_eps ?? 1e-5), rotaryBase: Float(base),
      attention: isDecoder ? .causal : .bidirectional)
    do throws(ModelError) { try configuration.validate() } catch { throw error.within(path) }
    // PyTorch refuses it too: the padding token's row of the embedding must be there.
    let size = configuration.vocabularySize
    if let padding = file.pad_token_id, !(0..<size).contains(padding) {
      throw ModelError(
        .malformed, path,
        "pad_token_id: expected a token of the vocabulary, from 0 to \(size - 1), found \(padding)")
    }
    return configuration
  }

  private static func task(
    _ file: Configuration, _ path: String
  ) throws(ModelError) -> ClassificationTask {
    switch file.problem_type {
    case nil, "single_label_classification": return .single
    case "multi_label_classification": return .multi
    case "regression": return .regression
    case let other?:
      throw ModelError(
        .unsupported, path,
        "problem_type: expected single_label_classification, multi_label_classification or regression, found \(other)"
      )
    }
  }

  private static func head(
    _ file: Configuration, _ task: ClassificationTask, _ path: String
  ) throws(ModelError) -> (Head, labels: [String]) {
    let name = file.architectures?.first ?? Architecture.model.rawValue
    guard let architecture = Architecture(rawValue: name) else {
      throw ModelError(
        .unsupported, path,
        "architectures: expected one of \(Architecture.allCases.map(\.rawValue).joined(separator: ", ")), found \(name)"
      )
    }
    guard architecture.isDecoder == (file.model_type == "modernbert-decoder") else {
      throw ModelError(.malformed, path, "architectures: \(name) does not fit the model_type")
    }
    switch architecture {
    case .model, .decoderModel: return (.none, [])
    case .maskedLanguageModel, .causalLanguageModel: return (.languageModel, [])
    case .sequenceClassification:
      let names = file.id2label ?? ["0": "LABEL_0", "1": "LABEL_1"]
      var labels: [String] = []
      for index in 0..<names.count {
        guard let label = names[String(index)] else {
          throw ModelError(.malformed, path, "id2label: expected a label for \(index)")
        }
        labels.append(label)
      }
      let (fits, expected) =
        switch task {
        case .single: (labels.count >= 2, "two labels or more")
        case .multi: (labels.count >= 1, "one label or more")
        case .regression: (labels.count == 1, "one label")
        }
      guard fits else {
        throw ModelError(
          .malformed, path, "id2label: expected \(expected), found \(labels.count)")
      }
      return (.classification(classCount: labels.count), labels)
    }
  }

  private static func pooling(
    _ file: Configuration, _ path: String
  ) throws(ModelError) -> Pooling {
    let name = file.classifier_pooling ?? "cls"
    if name == "cls" { return .first }
    guard name != "first", let pooling = Pooling(rawValue: name) else {
      throw ModelError(
        .unsupported, path, "classifier_pooling: expected mean, cls or max, found \(name)")
    }
    return pooling
  }

  private static func checkSupported(_ file: Configuration, _ path: String) throws(ModelError) {
    func unsupported(_ key: String, _ found: Any) -> ModelError {
      ModelError(.unsupported, path, "\(key): \(found) cannot be run")
    }
    for (key, value) in [
      ("norm_bias", file.norm_bias), ("attention_bias", file.attention_bias),
      ("mlp_bias", file.mlp_bias), ("classifier_bias", file.classifier_bias),
    ] where value == true { throw unsupported(key, true) }
    for (key, value) in [
      ("decoder_bias", file.decoder_bias), ("tie_word_embeddings", file.tie_word_embeddings),
    ] where value == false { throw unsupported(key, false) }
    for (key, value) in [
      ("hidden_activation", file.hidden_activation),
      ("classifier_activation", file.classifier_activation),
    ] where value != nil && value != "gelu" { throw unsupported(key, value ?? "") }
    let local = file.layer_types?.contains { $0 != "full_attention" }
    for kind in file.rope_parameters?.values ?? [:].values {
      if let type = kind.rope_type, type != "default" { throw unsupported("rope_type", type) }
    }
    if local ?? ((file.global_attn_every_n_layers ?? 3) != 1) {
      throw unsupported("local attention", "a window in some layers")
    }
  }

  /// A `config.json` for transformers 4.48 and later.
  ///
  /// - Parameters:
  ///   - description: The model.
  ///   - specialTokens: Identifiers of the padding, start and end tokens.
  package static func json(
    of description: ModelDescription, padding: Int32, start: Int32, end: Int32
  ) -> [UInt8] {
    let shape = description.transformer
    let isDecoder = Architecture(description).isDecoder
    var file = Configuration()
    file.model_type = isDecoder ? "modernbert-decoder" : "modernbert"
    file.architectures = [Architecture(description).rawValue]
    file.vocab_size = shape.vocabularySize
    file.hidden_size = shape.width
    file.intermediate_size = shape.feedForwardWidth
    file.num_hidden_layers = shape.layerCount
    file.num_attention_heads = shape.headCount
    file.max_position_embeddings = shape.maximumLength
    // By way of text: 1e-5 as a Float is not 1e-5 as a Double.
    file.norm_eps = Double("\(shape.normEpsilon)")
    file.global_rope_theta = Double("\(shape.rotaryBase)")
    file.local_rope_theta = file.global_rope_theta
    file.hidden_activation = "gelu"
    file.classifier_activation = "gelu"
    switch description.pooling {
    case .mean: file.classifier_pooling = "mean"
    case .first: file.classifier_pooling = "cls"
    // transformers knows no such pooling and says so, which beats other numbers without a word.
    default: file.classifier_pooling = description.pooling.rawValue
    }
    (file.norm_bias, file.attention_bias, file.mlp_bias) = (false, false, false)
    (file.decoder_bias, file.classifier_bias) = (true, false)
    (file.tie_word_embeddings, file.reference_compile) = (true, false)
    (file.attention_dropout, file.embedding_dropout) = (0, 0)
    (file.mlp_dropout, file.classifier_dropout) = (0, 0)
    file.initializer_range = 0.02
    (file.global_attn_every_n_layers, file.local_attention) = (1, 128)
    (file.pad_token_id, file.bos_token_id, file.cls_token_id) = (
      Int(padding), Int(start), Int(start)
    )
    (file.eos_token_id, file.sep_token_id) = (Int(end), Int(end))
    file.torch_dtype = "float32"
    file.mlm_objective = description.objective
    if case .classification = description.head {
      var identifiers: [String: Int] = [:]
      var names: [String: String] = [:]
      for (index, label) in description.labels.enumerated() {
        identifiers[label] = index
        names[String(index)] = label
      }
      (file.id2label, file.label2id) = (names, identifiers)
      file.problem_type =
        switch description.task {
        case .single: "single_label_classification"
        case .multi: "multi_label_classification"
        case .regression: "regression"
        }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(file) else {
      preconditionFailure("a configuration holds finite numbers only")
    }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}
