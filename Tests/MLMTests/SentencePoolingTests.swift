import MLM
import MLMNumerics
import Testing

@Suite struct SentencePoolingTests {
  /// Writes a model, replaces some of its files and opens it.
  private func open(
    _ pooling: SentencePooling = SentencePooling(), replacing files: [String: String] = [:],
    removing names: [String] = []
  ) throws -> ModelDirectory {
    try withFolder { folder in
      let path = folder + "/model"
      try SampleModel.directory(sentencePooling: pooling).write(to: path)
      for (name, text) in files { try FileContents.write(Array(text.utf8), to: "\(path)/\(name)") }
      for name in names { FileSystem.removeTree("\(path)/\(name)") }
      return try ModelDirectory(contentsOf: path)
    }
  }

  @Test(arguments: Pooling.allCases, [true, false])
  func roundTrip(pooling: Pooling, normalizes: Bool) throws {
    let read = try open(
      SentencePooling(pooling: pooling, normalizesLength: normalizes, maximumLength: 24)
    ).sentencePooling
    #expect(
      read
        == SentencePooling(pooling: pooling, normalizesLength: normalizes, maximumLength: 24))
  }

  @Test(arguments: Pooling.allCases)
  func layoutOfOlderVersions(pooling: Pooling) throws {
    let file = """
      {"word_embedding_dimension": 16, "pooling_mode_cls_token": \(pooling == .first),
       "pooling_mode_mean_tokens": \(pooling == .mean), "pooling_mode_max_tokens": \(pooling == .max),
       "pooling_mode_mean_sqrt_len_tokens": \(pooling == .meanSquareRootLength),
       "pooling_mode_weightedmean_tokens": \(pooling == .weightedMean),
       "pooling_mode_lasttoken": \(pooling == .last)}
      """
    let modules = """
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
      """
    let read = try open(replacing: ["1_Pooling/config.json": file, "modules.json": modules])
    #expect(read.sentencePooling.pooling == pooling)
    #expect(!read.sentencePooling.normalizesLength)
  }

  /// What `Pooling(16, pooling_mode=…).save(…)` of sentence-transformers 6.2 writes.
  @Test(arguments: [("mean", Pooling.mean), ("cls", .first), ("max", .max)])
  func layoutOfVersionSix(name: String, pooling: Pooling) throws {
    let modules = """
      [{"idx": 0, "name": "0", "path": "",
        "type": "sentence_transformers.base.modules.transformer.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling",
        "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"},
       {"idx": 2, "name": "2", "path": "2_Normalize",
        "type": "sentence_transformers.base.modules.normalize.Normalize"}]
      """
    for mode in ["\"\(name)\"", "[\"\(name)\"]"] {
      let file = #"{"embedding_dimension": 16, "pooling_mode": \#(mode), "include_prompt": true}"#
      let read = try open(replacing: ["1_Pooling/config.json": file, "modules.json": modules])
      #expect(read.sentencePooling.pooling == pooling)
      #expect(read.sentencePooling.normalizesLength)
    }
  }

  @Test(arguments: [
    #"{"embedding_dimension": 32, "pooling_mode": "mean"}"#,
    #"{"word_embedding_dimension": 17, "pooling_mode_mean_tokens": true}"#,
  ])
  func poolingOfAnotherWidth(file: String) throws {
    let failure = error(ModelError.self) {
      _ = try open(replacing: ["1_Pooling/config.json": file])
    }
    #expect(failure?.code == .mismatch)
    #expect(failure?.place.hasSuffix("/1_Pooling/config.json") == true)
    #expect(failure?.reason.contains("16 numbers") == true)
  }

  @Test(arguments: [2, 0, -1])
  func lengthWithoutRoomForAText(length: Int) throws {
    let failure = error(ModelError.self) {
      _ = try open(
        replacing: ["sentence_bert_config.json": #"{"max_seq_length": \#(length)}"#])
    }
    #expect(failure?.code == .malformed)
    #expect(failure?.reason == "max_seq_length: expected a number from 3, found \(length)")
  }

  @Test func directoryWithoutModules() throws {
    let read = try open(
      SentencePooling(pooling: .max, normalizesLength: false), removing: ["modules.json"])
    #expect(read.sentencePooling == SentencePooling())
  }

  @Test func lengthOfTheFileBindsTheEncoder() throws {
    let model = try open(replacing: ["sentence_bert_config.json": #"{"max_seq_length": 8}"#])
    let long = SampleModel.sentences.joined(separator: " ")
    let vector = try TextEncoder(model).embedding(for: long)
    #expect(vector.tokenCount == 8)
    #expect(vector.isTruncated)
  }

  /// Joined in sentence-transformers' order, whatever the order in the file; the mean where none is
  /// chosen; names in their own order.
  @Test(arguments: [
    (
      #"{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true, "pooling_mode_max_tokens": true}"#,
      [Pooling.first, .max, .mean]
    ),
    (#"{"pooling_mode_cls_token": false}"#, [.mean]),
    (#"{"embedding_dimension": 16, "pooling_mode": ["mean", "max"]}"#, [.mean, .max]),
  ])
  func severalWaysOfPooling(file: String, poolings: [Pooling]) throws {
    let read = try open(replacing: ["1_Pooling/config.json": file]).sentencePooling
    #expect(read.poolings == poolings)
    #expect(read.dimension(width: 16) == 16 * poolings.count)
    #expect(try open(read).sentencePooling == read)
  }

  @Test func promptsAndDenseLayersAreKept() throws {
    var pooling = SentencePooling(pooling: .last, normalizesLength: false)
    pooling.steps = [
      .dense(
        DenseLayer(
          inputWidth: 16, outputWidth: 3, activation: .tanh,
          weight: (0..<48).map { Float($0) / 7 }, bias: [1, -2, 0.5])),
      .normalize,
      .dense(
        DenseLayer(
          inputWidth: 3, outputWidth: 2, activation: .identity, weight: [1, 2, 3, 4, 5, 6],
          bias: nil)),
    ]
    pooling.maximumLength = 40
    pooling.lowercases = true
    pooling.prompts = ["query": "query: ", "": "é"]
    pooling.defaultPromptName = "query"
    pooling.includesPrompt = false
    pooling.similarity = .dot
    let read = try open(pooling).sentencePooling
    #expect(read == pooling)
    #expect(read.dimension(width: 16) == 2)
  }

  @Test func poolingThatCannotBeRun() throws {
    let file = #"{"embedding_dimension": 16, "pooling_mode": "median"}"#
    let failure = error(ModelError.self) {
      _ = try open(replacing: ["1_Pooling/config.json": file])
    }
    #expect(failure?.code == .unsupported)
    #expect(failure?.place.hasSuffix("/1_Pooling/config.json") == true)
  }

  @Test(arguments: ["LSTM", "CNN", "WordWeights"])
  func unknownModule(kind: String) throws {
    let modules = """
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
       {"idx": 2, "name": "2", "path": "2", "type": "sentence_transformers.models.\(kind)"}]
      """
    let failure = error(ModelError.self) {
      _ = try open(replacing: ["modules.json": modules])
    }
    #expect(failure?.code == .unsupported)
    #expect(failure?.reason.contains(kind) == true)
  }

  @Test(arguments: ["modules.json", "sentence_bert_config.json", "1_Pooling/config.json"])
  func otherBytes(name: String) throws {
    let failure = error(ModelError.self) { _ = try open(replacing: [name: "{\"idx\": "]) }
    #expect(failure?.code == .malformed)
  }
}
