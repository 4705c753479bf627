import MLM
import Testing

@Suite struct ModelDirectoryTests {
  /// What a directory is made of.
  static let files: Set = [
    "README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
    "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json",
    "1_Pooling/config.json", "2_Normalize/README.md",
  ]

  /// A model of each kind.
  private static func model(_ kind: String) throws -> ModelDirectory {
    switch kind {
    case "masked": return try SampleModel.directory(objective: "hybrid")
    case "causal": return try SampleModel.directory(attention: .causal, objective: "clm")
    case "rows": return try SampleModel.directory(.none, objective: nil)
    case "multi":
      return try SampleModel.directory(
        .classification(classCount: 3), task: .multi, pooling: .max, labels: ["a", "b", "ç"])
    case "regression":
      return try SampleModel.directory(
        .classification(classCount: 1), task: .regression, labels: ["score"])
    default:
      return try SampleModel.directory(
        .classification(classCount: 2), pooling: .first, labels: ["neg", "pos"])
    }
  }

  @Test(arguments: ["masked", "causal", "rows", "single", "multi", "regression"])
  func roundTrip(kind: String) throws {
    try withFolder { folder in
      let model = try Self.model(kind)
      try model.write(to: folder + "/first")
      let read = try ModelDirectory(contentsOf: folder + "/first")
      #expect(read.description == model.description)
      #expect(read.sentencePooling.pooling == model.sentencePooling.pooling)
      #expect(read.parameterCount == model.parameterCount)
      for (index, slot) in model.parameters.layout.slots.enumerated() {
        #expect(
          read.parameters.values(index).elementsEqual(model.parameters.values(index)),
          "\(slot.name)")
      }
      try read.write(to: folder + "/second")
      let first = try contents(of: folder + "/first")
      let second = try contents(of: folder + "/second")
      #expect(Set(first.keys) == Self.files)
      for name in Self.files { #expect(first[name] == second[name], "\(name)") }
      #expect(FileSystem.names(in: folder) == ["first", "second"])
    }
  }

  @Test func weightsAreAlignedAndTheCardIsTheCallers() throws {
    try withFolder { folder in
      try SampleModel.directory().write(to: folder + "/model", card: "# A card\n")
      let files = try contents(of: folder + "/model")
      #expect(files["README.md"] == Array("# A card\n".utf8))
      let weights = try #require(files["model.safetensors"])
      let header = weights.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect((8 + header) % 64 == 0)
    }
  }

  @Test(arguments: ["config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json"])
  func missingFile(name: String) throws {
    try withFolder { folder in
      try SampleModel.directory().write(to: folder + "/model")
      FileSystem.removeTree(folder + "/model/" + name)
      var failure: (any Error)?
      do { _ = try ModelDirectory(contentsOf: folder + "/model") } catch { failure = error }
      switch failure {
      case let error as FileError: #expect(error.code == .missing)
      case let error as ModelError: #expect(error.code == .missingFile)
      default:
        Issue.record("expected an error for a missing file, found \(String(describing: failure))")
      }
      #expect(failure.map { "\($0)" }?.contains(folder + "/model/" + name) == true)
    }
  }

  @Test func missingDirectory() throws {
    try withFolder { folder in
      let failure = error(FileError.self) {
        _ = try ModelDirectory(contentsOf: folder + "/nothing")
      }
      #expect(failure?.code == .missing)
      #expect(failure?.path == folder + "/nothing/config.json")
    }
  }

  @Test func tokenizerThatDoesNotFit() throws {
    try withFolder { folder in
      let model = try SampleModel.directory()
      try model.write(to: folder + "/model")
      let other = try SampleModel.train(vocabularySize: 270)
      try FileContents.write(other.json, to: folder + "/model/tokenizer.json")
      let failure = error(ModelError.self) {
        _ = try ModelDirectory(contentsOf: folder + "/model")
      }
      #expect(failure?.code == .mismatch)
      #expect(failure?.place == folder + "/model/tokenizer.json")
      #expect(failure?.reason.contains("270") == true)
      #expect(failure?.reason.contains("\(model.tokenizer.vocabularySize)") == true)
    }
  }

  @Test func weightsCutShort() throws {
    try withFolder { folder in
      try SampleModel.directory().write(to: folder + "/model")
      let path = folder + "/model/model.safetensors"
      try FileContents.write(try FileContents.read(path).dropLast(4), to: path)
      let failure = error(ModelError.self) {
        _ = try ModelDirectory(contentsOf: folder + "/model")
      }
      #expect(failure?.code == .malformed)
    }
  }

  @Test(arguments: [Float.nan, -.nan, .infinity, -.infinity])
  func weightsThatAreNoNumbers(value: Float) throws {
    try withFolder { folder in
      let path = folder + "/model"
      let model = try SampleModel.directory()
      try model.write(to: path)
      let slots = model.parameters.layout.slots
      // The first, an inner and the last number of a matrix and of a vector.
      for name in ["embedding.token", "layer.1.attention.query_key_value", "final_norm"] {
        let index = try #require(slots.firstIndex { $0.name == name })
        for place in [0, slots[index].count / 2 + 1, slots[index].count - 1] {
          let broken = model.parameters.copy()
          broken.values(index)[place] = value
          try ModelDirectory(
            tokenizer: model.tokenizer, description: model.description, parameters: broken
          ).write(to: path)
          let failure = error(ModelError.self) { _ = try ModelDirectory(contentsOf: path) }
          #expect(failure?.code == .malformed, "\(name) \(place)")
          #expect(failure?.place == path + "/model.safetensors")
          #expect(failure?.reason.hasPrefix("tensor model.") == true)
        }
      }
      // The largest and the smallest numbers are numbers.
      let extremes = model.parameters.copy()
      for (place, number) in [
        Float.greatestFiniteMagnitude, -.greatestFiniteMagnitude, -0, .leastNonzeroMagnitude,
      ].enumerated() { extremes.values(0)[place] = number }
      try ModelDirectory(
        tokenizer: model.tokenizer, description: model.description, parameters: extremes
      ).write(to: path)
      #expect(try ModelDirectory(contentsOf: path).parameters.isFinite)
    }
  }

  @Test func placeThatCannotBeWritten() throws {
    try withFolder { folder in
      try FileContents.write([1], to: folder + "/file")
      for path in [folder + "/file/model", folder + "/no/model", folder + "/file"] {
        let failure = error(FileError.self) { try SampleModel.directory().write(to: path) }
        #expect(failure?.code == .cannotCreate, "\(path)")
      }
      #expect(try contents(of: folder) == ["file": [1]])
    }
  }

  @Test func directoryThatHoldsOtherFiles() throws {
    try withFolder { folder in
      let path = folder + "/model"
      try SampleModel.directory(attention: .causal, objective: "clm").write(to: path)
      try FileContents.write([7], to: path + "/notes.txt")
      try SampleModel.directory(objective: "mlm").write(to: path)
      let read = try ModelDirectory(contentsOf: path)
      #expect(read.objective == "mlm")
      #expect(read.configuration.attention == .bidirectional)
      let files = try contents(of: path)
      #expect(Set(files.keys) == Self.files.union(["notes.txt"]))
      #expect(files["notes.txt"] == [7])
      #expect(FileSystem.names(in: folder) == ["model"])
    }
  }
}
