import MLM
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
       "pooling_mode_mean_sqrt_len_tokens": false}
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
    let vector = TextEncoder(model).embedding(for: long)
    #expect(vector.tokenCount == 8)
    #expect(vector.isTruncated)
  }

  @Test(arguments: [
    #"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#,
    #"{"pooling_mode_lasttoken": true}"#, #"{"pooling_mode_cls_token": false}"#,
    #"{"embedding_dimension": 16, "pooling_mode": "weightedmean"}"#,
    #"{"embedding_dimension": 16, "pooling_mode": ["mean", "max"]}"#,
  ])
  func poolingThatCannotBeRun(file: String) throws {
    let failure = error(ModelError.self) {
      _ = try open(replacing: ["1_Pooling/config.json": file])
    }
    #expect(failure?.code == .unsupported)
    #expect(failure?.place.hasSuffix("/1_Pooling/config.json") == true)
  }

  @Test func unknownModule() throws {
    let modules = """
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
       {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}]
      """
    let failure = error(ModelError.self) {
      _ = try open(replacing: ["modules.json": modules])
    }
    #expect(failure?.code == .unsupported)
    #expect(failure?.reason.contains("Dense") == true)
  }

  @Test(arguments: ["modules.json", "sentence_bert_config.json", "1_Pooling/config.json"])
  func otherBytes(name: String) throws {
    let failure = error(ModelError.self) { _ = try open(replacing: [name: "{\"idx\": "]) }
    #expect(failure?.code == .malformed)
  }
}
