extension ModelDescription {
  /// Reads a `config.json`.
  ///
  /// - Throws: ``ModelError`` with code `malformed` or `unsupported`, naming the key.
  package init(json bytes: [UInt8], path: String) throws(ModelError) {
    let file = try ConfigurationFile.read(bytes, path: path)
    let reader = ConfigurationReader(file: file, path: path)
    let type = try reader.required("model_type", file.model_type)
    let family = try ModelFamily(modelType: type, path: path)
    let architecture = family.architecture
    var transformer = try architecture.transformer(reader)
    do throws(ModelError) { try transformer.validate() } catch { throw error.within(path) }
    transformer.paddingToken = try Self.padding(reader, transformer.vocabularySize)
    let kind = try Self.head(reader, family)
    var task = try Self.task(reader)
    var (head, labels) = (Head.none, [String]())
    switch kind {
    case .none: break
    case .languageModel: head = .languageModel
    case .replacedTokens: head = .replacedTokens
    case .classification:
      labels = try Self.labels(reader)
      // As transformers takes a model with one score to be.
      if file.problem_type == nil && labels.count == 1 { task = .regression }
      try Self.check(labels, fit: task, path)
      head = .classification(classCount: labels.count)
    }
    self.init(
      transformer: transformer, head: head, family: family, task: task,
      pooling: try architecture.pooling(reader), labels: labels, objective: file.mlm_objective)
    tokenCount = file.mlm_token_count
  }

  private static func padding(
    _ reader: ConfigurationReader, _ vocabularySize: Int
  ) throws(ModelError) -> Int32? {
    guard let padding = reader.file.pad_token_id else { return nil }
    // PyTorch refuses it too: the padding token's row of the embedding must be there.
    guard (0..<vocabularySize).contains(padding) else {
      throw ModelError(
        .malformed, reader.path,
        "pad_token_id: expected a token of the vocabulary, from 0 to \(vocabularySize - 1), found \(padding)"
      )
    }
    return Int32(padding)
  }

  private static func head(
    _ reader: ConfigurationReader, _ family: ModelFamily
  ) throws(ModelError) -> HeadKind {
    let classes = family.architecture.classes
    guard let name = reader.file.architectures?.first else { return .none }
    guard let kind = family.architecture.head(ofClass: name) else {
      throw ModelError(
        .unsupported, reader.path,
        "architectures: expected one of \(classes.map(\.name).joined(separator: ", ")), found \(name)"
      )
    }
    if family == .modernBERT, isDecoder(name) != (reader.file.model_type == ModernBERT.decoderType)
    {
      throw ModelError(
        .malformed, reader.path, "architectures: \(name) does not fit the model_type")
    }
    return kind
  }

  private static func task(_ reader: ConfigurationReader) throws(ModelError) -> ClassificationTask {
    switch reader.file.problem_type {
    case nil, "single_label_classification": return .single
    case "multi_label_classification": return .multi
    case "regression": return .regression
    case let other?:
      throw ModelError(
        .unsupported, reader.path,
        "problem_type: expected single_label_classification, multi_label_classification or regression, found \(other)"
      )
    }
  }

  private static func labels(_ reader: ConfigurationReader) throws(ModelError) -> [String] {
    let count = reader.file.num_labels ?? 2
    guard let names = reader.file.id2label else {
      guard (1...1 << 16).contains(count) else {
        throw ModelError(
          .malformed, reader.path, "num_labels: expected a number from 1, found \(count)")
      }
      return (0..<count).map { "LABEL_\($0)" }
    }
    var labels: [String] = []
    var spellings: Set<[UInt8]> = []
    for index in 0..<names.count {
      guard let label = names[String(index)] else {
        throw ModelError(
          .malformed, reader.path, "id2label: expected a label for \(index)")
      }
      // Predictions are told by label.
      guard spellings.insert(Array(label.utf8)).inserted else {
        throw ModelError(
          .malformed, reader.path, "id2label: expected each label once, found \"\(label)\" again")
      }
      labels.append(label)
    }
    return labels
  }

  private static func check(
    _ labels: [String], fit task: ClassificationTask, _ path: String
  ) throws(ModelError) {
    let (fits, expected) =
      switch task {
      case .single: (labels.count >= 2, "two labels or more")
      case .multi: (labels.count >= 1, "one label or more")
      case .regression: (labels.count == 1, "one label")
      }
    guard fits else {
      throw ModelError(.malformed, path, "id2label: expected \(expected), found \(labels.count)")
    }
  }

  /// A `config.json` for transformers 4.48 and later.
  ///
  /// - Parameters:
  ///   - padding: The padding token, where the shape does not say it; none below 0.
  ///   - start: The token before a text; none below 0.
  ///   - end: The token after a text; none below 0.
  ///   - tokenCount: Tokens of the tokenizer; as many as there are embeddings if nil.
  package func json(
    padding: Int32, start: Int32, end: Int32, tokenCount: Int? = nil
  ) -> [UInt8] {
    func token(_ id: Int32) -> ConfigurationFile.WrittenToken? { id < 0 ? nil : .init(id) }
    var file = ConfigurationFile()
    file.model_type = family.rawValue
    file.architectures = [className]
    file.vocab_size = transformer.vocabularySize
    let padding = transformer.paddingToken ?? padding
    file.pad_token_id = padding < 0 ? nil : Int(padding)
    (file.bos_token_id, file.cls_token_id) = (token(start), token(start))
    (file.eos_token_id, file.sep_token_id) = (token(end), token(end))
    file.initializer_range = 0.02
    file.tie_word_embeddings = transformer.languageModelHead.isTied
    file.torch_dtype = "float32"
    file.mlm_objective = objective
    if objective != nil, tokenCount != transformer.vocabularySize {
      file.mlm_token_count = tokenCount
    }
    if case .classification = head {
      var identifiers: [String: Int] = [:]
      var names: [String: String] = [:]
      for (index, label) in labels.enumerated() {
        identifiers[label] = index
        names[String(index)] = label
      }
      (file.id2label, file.label2id) = (names, identifiers)
      // transformers counts the labels; text-embeddings-inference does not.
      file.num_labels = labels.count
      file.problem_type =
        switch task {
        case .single: "single_label_classification"
        case .multi: "multi_label_classification"
        case .regression: "regression"
        }
    }
    family.architecture.write(self, to: &file)
    return file.bytes
  }
}
