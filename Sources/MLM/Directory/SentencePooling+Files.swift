import MLMModel
import MLMText

extension SentencePooling {
  /// The folder of a model directory that holds the transformer: a folder of its own in the first
  /// versions of sentence-transformers, the directory itself otherwise.
  static func transformerFolder(of directory: String) throws -> String {
    let modules: [SentenceModule]? = try SentenceFiles.decodeIfPresent(directory + "/modules.json")
    guard let module = modules?.first(where: { $0.kind == "Transformer" }), !module.path.isEmpty
    else { return directory }
    return try folder(of: module, in: directory)
  }

  /// Reads `modules.json` and what it names; a directory without one has the defaults.
  ///
  /// - Parameters:
  ///   - directory: The model directory.
  ///   - width: The numbers that a row of the model has.
  /// - Throws: `FileError` where a file that is named is missing; ``ModelError`` with code
  ///   `malformed`, `unsupported` or, where a module is for vectors of another width, `mismatch`.
  init(directory: String, width: Int) throws {
    self.init()
    let path = directory + "/modules.json"
    guard let modules: [SentenceModule] = try SentenceFiles.decodeIfPresent(path) else { return }
    steps = []
    var hasPooling = false
    for module in modules {
      let folder = try Self.folder(of: module, in: directory)
      switch module.kind {
      case "Transformer": try readLength(folder)
      case "Pooling":
        let path = folder + "/config.json"
        let file: PoolingFile = try SentenceFiles.decode(path)
        poolings = try file.poolings(width: width, path: path)
        includesPrompt = file.include_prompt ?? true
        hasPooling = true
      case "Dense" where hasPooling:
        let layer = try DenseLayer(folder: folder)
        guard layer.inputWidth == dimension(width: width) else {
          throw ModelError(
            .mismatch, folder + "/config.json",
            "in_features: expected \(dimension(width: width)), found \(layer.inputWidth)")
        }
        steps.append(.dense(layer))
      case "Normalize" where hasPooling: steps.append(.normalize)
      // It drops numbers in training only.
      case "Dropout": continue
      default:
        throw ModelError(.unsupported, path, "module \(module.type) cannot be run")
      }
    }
    try readPrompts(directory)
  }

  /// The folder of a module, which must not leave the directory.
  private static func folder(
    of module: SentenceModule, in directory: String
  ) throws(ModelError) -> String {
    guard !module.path.hasPrefix("/"), !module.path.split(separator: "/").contains("..") else {
      throw ModelError(
        .malformed, directory + "/modules.json",
        "expected a folder inside the directory, found \(module.path)")
    }
    return module.path.isEmpty ? directory : directory + "/" + module.path
  }

  private mutating func readLength(_ folder: String) throws {
    for name in SentenceLengthFile.names {
      let path = folder + "/" + name
      guard let file: SentenceLengthFile = try SentenceFiles.decodeIfPresent(path) else { continue }
      // Start and end token are two; there must be room for a text.
      if let length = file.max_seq_length, length < 3 {
        throw ModelError(
          .malformed, path, "max_seq_length: expected a number from 3, found \(length)")
      }
      maximumLength = file.max_seq_length
      lowercases = file.do_lower_case ?? false
      return
    }
  }

  private mutating func readPrompts(_ directory: String) throws {
    let path = directory + "/config_sentence_transformers.json"
    guard let file: SentencePromptFile = try SentenceFiles.decodeIfPresent(path) else { return }
    prompts = file.prompts ?? [:]
    defaultPromptName = file.default_prompt_name
    if let name = defaultPromptName, prompts[name] == nil {
      throw ModelError(
        .malformed, path, "default_prompt_name: expected one of the prompts, found \(name)")
    }
    similarity = file.similarity_fn_name.flatMap(Similarity.init) ?? .cosine
  }

  /// The files that make a directory open in sentence-transformers, by path; the weights of dense
  /// layers are not among them.
  ///
  /// - Parameters:
  ///   - width: The numbers that a row of the model has.
  ///   - limit: The tokens that the model reads at most.
  ///   - lacksPooler: Whether the class of the transformer would look for a pooler in vain.
  func files(
    width: Int, maximumLength limit: Int, lacksPooler: Bool
  ) -> [(path: String, bytes: [UInt8])] {
    let prefix = "sentence_transformers.models."
    var modules: [SentenceModule] = []
    func add(_ kind: String, hasFolder: Bool = true) -> String {
      let path = hasFolder ? "\(modules.count)_\(kind)" : ""
      modules.append(
        SentenceModule(
          idx: modules.count, name: "\(modules.count)", path: path, type: prefix + kind))
      return path
    }
    _ = add("Transformer", hasFolder: false)
    var files = [
      (
        path: add("Pooling") + "/config.json",
        bytes: SentenceFiles.encode(
          PoolingFile(poolings, width: width, includesPrompt: includesPrompt))
      ),
      (
        "sentence_bert_config.json",
        SentenceFiles.encode(
          SentenceLengthFile(
            max_seq_length: maximumLength ?? limit, do_lower_case: lowercases,
            model_args: lacksPooler ? .init(add_pooling_layer: false) : nil))
      ),
      (
        "config_sentence_transformers.json",
        SentenceFiles.encode(
          SentencePromptFile(
            prompts: prompts, defaultName: defaultPromptName, similarity: similarity.rawValue))
      ),
    ]
    for step in steps {
      switch step {
      case .dense(let layer): files.append((add("Dense") + "/config.json", layer.configuration))
      case .normalize:
        // A folder without a file would be lost in git and in archives.
        files.append(
          (add("Normalize") + "/README.md", Array("Scales embeddings to length 1.\n".utf8)))
      }
    }
    files.append(("modules.json", SentenceFiles.encode(modules)))
    return files
  }

  /// The dense layers, each with the folder that ``files(width:maximumLength:lacksPooler:)`` gives it.
  var denseFolders: [(folder: String, layer: DenseLayer)] {
    steps.enumerated().compactMap { index, step in
      if case .dense(let layer) = step { ("\(index + 2)_Dense", layer) } else { nil }
    }
  }
}
