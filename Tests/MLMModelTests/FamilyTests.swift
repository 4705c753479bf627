import Foundation
import MLMModel
import MLMNumerics
import Testing

/// The configurations and tensor names of every family that can be opened.
@Suite struct FamilyTests {
  /// `config.json` of transformers 5.23 for each family; keys that matter here.
  static let configurations: [(family: ModelFamily, json: String)] = [
    (
      .bert,
      """
      {"model_type": "bert", "architectures": ["CLASS"], "vocab_size": 40, "hidden_size": 12,
       "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20, "hidden_act": "gelu",
       "max_position_embeddings": 16, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0}
      """
    ),
    (
      .xlmRoberta,
      """
      {"model_type": "xlm-roberta", "architectures": ["CLASS"], "vocab_size": 40, "hidden_size": 12,
       "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20, "hidden_act": "gelu",
       "max_position_embeddings": 18, "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1,
       "bos_token_id": 0, "eos_token_id": 2}
      """
    ),
    (
      .distilbert,
      """
      {"model_type": "distilbert", "architectures": ["CLASS"], "vocab_size": 40, "dim": 12,
       "n_layers": 2, "n_heads": 3, "hidden_dim": 20, "activation": "gelu",
       "max_position_embeddings": 16, "sinusoidal_pos_embds": false, "pad_token_id": 0}
      """
    ),
    (
      .electra,
      """
      {"model_type": "electra", "architectures": ["CLASS"], "vocab_size": 40, "hidden_size": 12,
       "embedding_size": 8, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20,
       "hidden_act": "gelu", "max_position_embeddings": 16, "type_vocab_size": 2,
       "layer_norm_eps": 1e-12, "pad_token_id": 0}
      """
    ),
    (
      .modernBERT,
      """
      {"model_type": "modernbert", "architectures": ["CLASS"], "vocab_size": 40, "hidden_size": 12,
       "num_hidden_layers": 4, "num_attention_heads": 3, "intermediate_size": 20, "norm_eps": 1e-5,
       "max_position_embeddings": 16, "local_attention": 6, "norm_bias": true, "attention_bias": true,
       "mlp_bias": true, "classifier_bias": true, "tie_word_embeddings": false, "pad_token_id": 0,
       "layer_types": ["full_attention", "sliding_attention", "sliding_attention", "full_attention"],
       "rope_parameters": {"full_attention": {"rope_theta": 160000.0, "rope_type": "default"},
         "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"}}}
      """
    ),
  ]

  private static let classes: [ModelFamily: [String]] = [
    .bert: ["BertModel", "BertForMaskedLM", "BertForSequenceClassification"],
    .xlmRoberta: [
      "XLMRobertaModel", "XLMRobertaForMaskedLM", "XLMRobertaForSequenceClassification",
    ],
    .distilbert: [
      "DistilBertModel", "DistilBertForMaskedLM", "DistilBertForSequenceClassification",
    ],
    .electra: [
      "ElectraModel", "ElectraForMaskedLM", "ElectraForPreTraining",
      "ElectraForSequenceClassification",
    ],
    .modernBERT: [
      "ModernBertModel", "ModernBertForMaskedLM", "ModernBertForSequenceClassification",
    ],
  ]

  static var descriptions: [ModelDescription] {
    get throws {
      try configurations.flatMap { family, json in
        try (classes[family] ?? []).map { name in try read(json.replacing("CLASS", with: name)) }
      }
    }
  }

  private static func read(_ json: String) throws(ModelError) -> ModelDescription {
    try ModelDescription(json: Array(json.utf8), path: "config.json")
  }

  private func refusal(of json: String) -> ModelError? {
    do throws(ModelError) {
      _ = try Self.read(json)
      return nil
    } catch { return error }
  }

  @Test func whatIsWrittenIsRead() throws {
    for description in try Self.descriptions {
      let bytes = description.json(padding: 0, start: 2, end: 3)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(try ModelDescription(json: bytes, path: "x") == description, "\(text)")
      #expect(text.contains("\"\(description.className)\""))
      #expect(text.contains(#""pad_token_id" : \#(description.family == .xlmRoberta ? 1 : 0)"#))
    }
  }

  /// Every parameter has a name, and no two the same one; weights written are weights read.
  @Test func weightsGoThroughFiles() throws {
    let folder = try TemporaryFolder()
    for description in try Self.descriptions {
      let parameters = Parameters(description.layout)
      parameters.fillWidely(seed: 5)
      let tensors = parameters.tensors(named: description.tensorNames)
      #expect(Set(tensors.map(\.name)).count == tensors.count)
      _ = try folder.write(tensors)
      let weights = try WeightFiles(directory: folder.path)
      let read = try Parameters.open(description, from: weights).parameters
      for index in read.layout.slots.indices {
        #expect(read.values(index).elementsEqual(parameters.values(index)))
      }
      #expect(weights.unusedNames(by: description).isEmpty)
    }
  }

  @Test func switchesAreThoseOfTheFamily() throws {
    let shapes = try Self.descriptions.reduce(into: [:]) { $0[$1.className] = $1.transformer }
    let roberta = try #require(shapes["XLMRobertaModel"])
    #expect(roberta.positions == .learned(count: 18, padding: 1))
    #expect(roberta.maximumLength == 16 && roberta.paddingToken == 1)
    #expect(roberta.normPlacement == .after && !roberta.feedForwardIsGated)
    let distil = try #require(shapes["DistilBertForSequenceClassification"])
    #expect(distil.tokenTypeCount == 0 && distil.classificationHead.activation == .relu)
    let electra = try #require(shapes["ElectraForPreTraining"])
    #expect(electra.embeddingWidth == 8 && electra.width == 12)
    let modern = try #require(shapes["ModernBertForMaskedLM"])
    #expect(
      modern.localAttention
        == .init(reach: 3, rotaryBase: 10_000, layers: [false, true, true, false]))
    #expect(modern.rotaryBase == 160_000 && !modern.languageModelHead.isTied && modern.normHasBias)
  }

  /// The decoder's window holds half as many places, its own among them.
  @Test func decodersSeeHalfAWindow() throws {
    let json = try #require(Self.configurations.last).json
      .replacing("\"modernbert\"", with: "\"modernbert-decoder\"")
      .replacing("CLASS", with: "ModernBertDecoderForSequenceClassification")
    let description = try Self.read(json)
    #expect(description.transformer.attention == .causal && description.pooling == .last)
    #expect(description.transformer.localAttention?.reach == 2)
    let bytes = description.json(padding: 0, start: 2, end: 3)
    #expect(try ModelDescription(json: bytes, path: "x") == description)
    #expect(
      refusal(of: json.replacing("\"local_attention\": 6", with: "\"local_attention\": 1"))?.reason
        .contains("expected a window that holds a place, found 1") == true)
  }

  @Test(arguments: [
    (#""hidden_act": "gelu""#, #""hidden_act": "mish""#, "hidden_act: mish"),
    (
      #""pad_token_id": 0"#, #""pad_token_id": 0, "position_embedding_type": "relative_key""#,
      "position_embedding_type: relative_key"
    ),
    (#""pad_token_id": 0"#, #""add_cross_attention": true"#, "add_cross_attention: true"),
    ("CLASS", "BertForNothing", "architectures: expected one of BertModel"),
    ("CLASS", "RobertaForTokenClassification", "architectures: expected one of BertModel"),
  ])
  func whatCannotBeRunIsUnsupported(_ old: String, _ new: String, _ reason: String) throws {
    let json = Self.configurations[0].json
    let error = try #require(
      refusal(of: json.replacing(old, with: new).replacing("CLASS", with: "BertModel")))
    #expect(error.code == .unsupported && error.description.contains(reason), "\(error)")
  }

  /// Heads that cannot be run: the transformer below them can, and what is theirs is left out.
  @Test(arguments: [
    ("BertForTokenClassification", ["classifier.weight", "bert.pooler.dense.bias"]),
    ("BertForNextSentencePrediction", ["cls.seq_relationship.weight"]),
    ("XLMRobertaForQuestionAnswering", ["qa_outputs.bias"]),
    ("DistilBertForMultipleChoice", ["pre_classifier.weight", "classifier.bias"]),
    ("ElectraForMultipleChoice", ["sequence_summary.summary.weight", "classifier.bias"]),
    ("ModernBertForTokenClassification", ["head.dense.bias", "head.norm.bias", "classifier.bias"]),
  ])
  func headsThatCannotBeRunAreLeftOut(_ name: String, _ tensors: [String]) throws {
    let json = try #require(
      Self.configurations.first { name.hasPrefix(Self.classes[$0.family]?[0].dropLast(5) ?? "x") })
    let description = try Self.read(json.json.replacing("CLASS", with: name))
    #expect(description.head == .none && description.className.hasSuffix("Model"))
    for tensor in tensors { #expect(description.isIgnorable(tensor), "\(tensor)") }
    #expect(!description.isIgnorable(description.prefix + "encoder.layer.9.output.dense.bias"))
  }

  @Test func activationsGoThroughFiles() throws {
    let json = try #require(Self.configurations.last).json
      .replacing("CLASS", with: "ModernBertForMaskedLM")
      .replacing("\"norm_bias\"", with: "\"classifier_activation\": \"relu\", \"norm_bias\"")
    let description = try Self.read(json)
    #expect(description.transformer.languageModelHead.activation == .relu)
    #expect(description.transformer.classificationHead.activation == .relu)
    let bytes = description.json(padding: 0, start: 2, end: 3)
    #expect(try ModelDescription(json: bytes, path: "x") == description)
    let gate = json.replacing(
      "\"norm_bias\"", with: "\"hidden_activation\": \"relu\", \"norm_bias\"")
    let gated = try Self.read(gate)
    #expect(gated.transformer.activation == .relu && gated.transformer.feedForwardIsGated)
    #expect(
      try ModelDescription(json: gated.json(padding: 0, start: 2, end: 3), path: "x") == gated)
  }

  @Test func windowsThatAlternateHaveAPeriod() {
    func local(_ layers: [Bool]) -> TransformerConfiguration.LocalAttention {
      .init(reach: 1, rotaryBase: 1, layers: layers)
    }
    #expect(local([false, true, true, false, true]).isPeriodic)
    #expect(local([false, true, true, false, true]).period == 3)
    #expect(local([false, true, true]).isPeriodic && local([false, false]).period == 1)
    #expect(
      !local([true, false, true]).isPeriodic && !local([false, true, false, false]).isPeriodic)
  }

  @Test(arguments: [
    (#""num_attention_heads": 3"#, #""num_attention_heads": 5"#, "expected a multiple of the 5"),
    (#""type_vocab_size": 2"#, #""type_vocab_size": -1"#, "token types: expected"),
    (#""max_position_embeddings": 16"#, #""max_position_embeddings": 0"#, "maximum length"),
    (
      #""max_position_embeddings": 16"#, #""max_position_embeddings": 1e15"#, "maximum length"
    ),
    (#""intermediate_size": 20,"#, "", "expected a key intermediate_size"),
  ])
  func whatIsWrongIsNamed(_ old: String, _ new: String, _ reason: String) throws {
    let json = Self.configurations[0].json.replacing("CLASS", with: "BertModel")
    let error = try #require(refusal(of: json.replacing(old, with: new)))
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test func paddingLeavesRoomForPositions() throws {
    let json = Self.configurations[1].json.replacing("CLASS", with: "XLMRobertaModel")
    for padding in [17, 18, -1] {
      let error = refusal(
        of: json.replacing("\"pad_token_id\": 1", with: "\"pad_token_id\": \(padding)"))
      #expect(error?.reason.contains("pad_token_id: expected") == true)
    }
  }

  /// Random changes to good configurations: they are read or refused, and never more than that.
  @Test func mutationsAreReadOrRefused() throws {
    let random = RandomStream(seed: 3, stream: 6)
    var (accepted, refused) = (0, 0)
    for round in 0..<4000 {
      var position: UInt64 = 0
      func below(_ n: Int) -> Int {
        position += 1
        return random.below(n, step: UInt64(round), position: position)
      }
      let (family, json) = Self.configurations[below(Self.configurations.count)]
      let names = Self.classes[family] ?? []
      var bytes = Array(json.replacing("CLASS", with: names[below(names.count)]).utf8)
      for _ in 0...below(3) {
        let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
        let place = below(bytes.count)
        switch below(6) {
        case 0: bytes[place] = UInt8(below(256))
        case 1: bytes.remove(at: place)
        case 2: bytes[digits[below(digits.count)]] = UInt8(48 + below(10))
        case 3: bytes.insert(contentsOf: "-".utf8, at: digits[below(digits.count)])
        case 4:
          bytes.insert(
            contentsOf: ["99999999999999999999", "000000000", "e9", "."][below(4)].utf8,
            at: digits[below(digits.count)])
        default: bytes.swapAt(place, below(bytes.count))
        }
      }
      do throws(ModelError) {
        let description = try ModelDescription(json: bytes, path: "x")
        #expect(description.layout.parameterCount > 0)
        #expect(!description.json(padding: 0, start: -1, end: -1).isEmpty)
        accepted += 1
      } catch {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    #expect(accepted > 400 && refused > 400, "\(accepted) \(refused)")
  }

  /// Tokens of a type that the model does not know, and padding tokens inside a text.
  @Test func positionsSkipPaddingAndTypesAreKnown() throws {
    let description = try #require(
      try Self.descriptions.first { $0.className == "XLMRobertaModel" })
    let parameters = Parameters(description.layout)
    parameters.fillWidely(seed: 2)
    let transformer = Transformer(description.transformer, parameters: parameters)
    func rows(_ batch: Batch) -> [[Float]] {
      let activations = Activations(description.transformer, keeping: nil)
      transformer.forward(batch, into: activations)
      return Rows(activations.output).all
    }
    var typed = Batch()
    typed.append([5, 6, 7], types: [0, 1, 1])
    #expect(rows(typed) == rows(Batch([[5, 6, 7]])))
    // Where padding stands, the position is the padding token's, and counting goes on behind it.
    let table = try #require(parameters.layout.positionEmbedding)
    let with = rows(Batch([[5, 1, 7]]))
    let row = parameters.matrix(table).row(1)
    row[0] += 1
    #expect(rows(Batch([[5, 1, 7]])) != with)
    #expect(rows(Batch([[5, 6, 7]])) == rows(typed))
  }
}
