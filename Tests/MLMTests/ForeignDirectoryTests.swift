import MLM
import MLMNumerics
import MLMTestSupport
import Testing

/// Directories of other families and of other programs.
@Suite struct ForeignDirectoryTests {
  /// A model of a family, with random weights and the sample tokenizer.
  private static func directory(
    _ family: ModelFamily, _ head: Head = .none, labels: [String] = []
  ) throws -> ModelDirectory {
    let tokenizer = try SampleModel.tokenizer
    var shape = TransformerConfiguration(
      vocabularySize: tokenizer.vocabularySize, layerCount: 2, width: 12, feedForwardWidth: 20,
      headCount: 3, maximumLength: 32)
    shape.paddingToken = tokenizer.paddingID
    shape.normEpsilon = 1e-12
    switch family {
    case .roberta, .xlmRoberta, .camembert:
      shape.useBERTBlock(
        activation: .gelu, positions: .learned(count: 33, padding: tokenizer.paddingID))
      shape.tokenTypeCount = 1
    case .distilbert:
      shape.useBERTBlock(activation: .gelu, positions: .learned(count: 32, padding: nil))
      shape.classificationHead.activation = .relu
    case .electra:
      shape.useBERTBlock(activation: .gelu, positions: .learned(count: 32, padding: nil))
      shape.tokenTypeCount = 2
      shape.embeddingWidth = 8
      shape.classificationHead.activation = .gelu
    case .bert:
      shape.useBERTBlock(activation: .gelu, positions: .learned(count: 32, padding: nil))
      shape.tokenTypeCount = 2
    case .modernBERT:
      shape.localAttention = .init(reach: 4, rotaryBase: 100, layers: [false, true])
    }
    let description = ModelDescription(
      transformer: shape, head: head, family: family,
      pooling: family.classifierPooling ?? .mean, labels: labels)
    let parameters = Parameters(description.layout)
    SampleModel.fill(parameters)
    return ModelDirectory(
      tokenizer: tokenizer, description: description, parameters: parameters)
  }

  private func rows(_ model: ModelDirectory) -> [[Float]] {
    SampleModel.rows(
      model, TokenizedText(SampleModel.sentences[0], model.tokenizer, maximumLength: 32).ids)
  }

  @Test(arguments: ModelFamily.allCases)
  func layoutIsKept(family: ModelFamily) throws {
    try withFolder { folder in
      var heads: [Head] = [.none, .languageModel, .classification(classCount: 2)]
      if family == .electra { heads.append(.replacedTokens) }
      for head in heads {
        let labels = head == .classification(classCount: 2) ? ["a", "b"] : []
        let model = try Self.directory(family, head, labels: labels)
        try model.write(to: folder + "/model")
        let read = try ModelDirectory(contentsOf: folder + "/model")
        #expect(read.description.className == model.description.className)
        #expect(read.head == head && read.labels == labels)
        #expect(read.configuration == model.configuration, "\(family) \(head)")
        #expect(rows(read) == rows(model))
        try read.write(to: folder + "/again")
        let (first, second) = (
          try contents(of: folder + "/model"), try contents(of: folder + "/again")
        )
        #expect(first == second)
      }
    }
  }

  @Test(arguments: [ModelFamily.roberta, .xlmRoberta, .camembert, .distilbert, .bert])
  func layersOfBERTAreWrittenAsBERT(family: ModelFamily) throws {
    try withFolder { folder in
      for head in [Head.none, .languageModel] {
        let model = try Self.directory(family, head)
        let converted = try model.converted(to: .bert)
        try converted.write(to: folder + "/bert")
        let read = try ModelDirectory(contentsOf: folder + "/bert")
        #expect(read.description.family == .bert)
        #expect(maxDifference(rows(read).flatMap(\.self), rows(model).flatMap(\.self)) < 1e-6)
      }
    }
  }

  @Test func encodersAndDecodersShareTheirLayers() throws {
    let model = try Self.directory(.modernBERT, .languageModel)
    let decoder = try model.converted(to: .modernBERTDecoder)
    #expect(decoder.description.className == "ModernBertDecoderForCausalLM")
    #expect(rows(decoder) != rows(model))
    #expect(rows(try decoder.converted(to: .modernBERT)) == rows(model))
    let encoder = try model.converted(to: .sentenceTransformers)
    #expect(encoder.description.className == "ModernBertModel")
    #expect(rows(encoder) == rows(model))
  }

  /// A classifier stays one where it sees what it saw.
  @Test func classifiersKeepTheirSides() throws {
    let encoder = try Self.directory(
      .modernBERT, .classification(classCount: 2), labels: ["a", "b"])
    var decoder = encoder
    decoder.description.transformer.attention = .causal
    decoder.description.pooling = .last
    for (model, layout, other) in [
      (encoder, ModelLayout.modernBERT, ModelLayout.modernBERTDecoder),
      (decoder, .modernBERTDecoder, .modernBERT),
    ] {
      #expect(try model.converted(to: layout).description == model.description)
      #expect(error(ModelError.self) { _ = try model.converted(to: other) }?.code == .unsupported)
    }
  }

  /// sentence-transformers is told where the transformer has no pooler, which it would draw anew.
  @Test(arguments: [
    (ModelFamily.bert, Head.languageModel, true), (.bert, .classification(classCount: 2), false),
    (.xlmRoberta, .classification(classCount: 2), true), (.camembert, .languageModel, true),
    (.electra, .languageModel, false), (.modernBERT, .languageModel, false),
  ])
  func noPoolerIsMissed(family: ModelFamily, head: Head, isTold: Bool) throws {
    try withFolder { folder in
      let labels = head == .languageModel ? [] : ["a", "b"]
      let model = try Self.directory(family, head, labels: labels)
      try model.write(to: folder + "/model")
      let bytes = try FileContents.read(folder + "/model/sentence_bert_config.json")
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("\"add_pooling_layer\" : false") == isTold, "\(text)")
      #expect(try ModelDirectory(contentsOf: folder + "/model").head == head)
    }
  }

  @Test func layoutsWithoutRoomAreRefused() throws {
    for (model, layout) in [
      (try Self.directory(.modernBERT), ModelLayout.bert), (try Self.directory(.bert), .modernBERT),
      (try Self.directory(.electra), .bert),
      (try Self.directory(.distilbert, .classification(classCount: 2), labels: ["a", "b"]), .bert),
    ] {
      let failure = error(ModelError.self) { _ = try model.converted(to: layout) }
      #expect(failure?.code == .unsupported && failure?.place == layout.rawValue)
    }
  }

  /// The first versions of sentence-transformers had the transformer in a folder of its own.
  @Test func transformerInItsOwnFolder() throws {
    try withFolder { folder in
      let path = folder + "/model"
      let model = try Self.directory(.bert)
      try model.write(to: path)
      let files = try contents(of: path)
      FileSystem.removeTree(path)
      try FileSystem.create(path)
      try FileSystem.create(path + "/0_Transformer")
      try FileSystem.create(path + "/1_Pooling")
      for (name, bytes) in files where !name.hasPrefix("2_") && name != "modules.json" {
        let inner = name.hasPrefix("1_") ? name : "0_Transformer/" + name
        try FileContents.write(bytes, to: path + "/" + inner)
      }
      let modules = """
        [{"idx": 0, "name": "0", "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
        """
      try FileContents.write(Array(modules.utf8), to: path + "/modules.json")
      let length = #"{"max_seq_length": 11, "do_lower_case": true}"#
      try FileContents.write(
        Array(length.utf8), to: path + "/0_Transformer/sentence_bert_config.json")
      let read = try ModelDirectory(contentsOf: path)
      #expect(rows(read) == rows(model))
      #expect(read.sentencePooling.maximumLength == 11 && read.sentencePooling.lowercases)
      #expect(!read.sentencePooling.normalizesLength)
      for outside in ["../model", "/tmp", "a/../.."] {
        try FileContents.write(
          Array(modules.replacing("0_Transformer\"", with: outside + "\"").utf8),
          to: path + "/modules.json")
        #expect(
          error(ModelError.self) { _ = try ModelDirectory(contentsOf: path) }?.code == .malformed)
      }
    }
  }

  @Test func specialTokensAreThoseOfTheSettings() throws {
    try withFolder { folder in
      let path = folder + "/model"
      try Self.directory(.bert).write(to: path)
      // Roles that only the settings tell: what is called [UNK] masks, and [MASK] fills up.
      let settings = """
        {"mask_token": {"content": "[UNK]", "lstrip": true}, "pad_token": "[MASK]",
         "model_max_length": 20, "cls_token": null}
        """
      try FileContents.write(Array(settings.utf8), to: path + "/tokenizer_config.json")
      let map = #"{"mask_token": "[SEP]", "unk_token": "[PAD]"}"#
      try FileContents.write(Array(map.utf8), to: path + "/special_tokens_map.json")
      FileSystem.removeTree(path + "/modules.json")
      let model = try ModelDirectory(contentsOf: path)
      let tokenizer = model.tokenizer
      #expect(tokenizer.maskID == 1 && tokenizer.paddingID == 4 && tokenizer.unknownID == 0)
      #expect(tokenizer.startID == 2 && tokenizer.endID == 3)
      #expect(model.sentencePooling.maximumLength == 20)
      try FileContents.write(
        Array(#"{"model_max_length": 1000000000000000019884624838656}"#.utf8),
        to: path + "/tokenizer_config.json")
      #expect(try ModelDirectory(contentsOf: path).sentencePooling.maximumLength == nil)
    }
  }
}
