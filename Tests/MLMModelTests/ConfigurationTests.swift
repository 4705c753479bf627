import MLMModel
import Testing

/// `config.json` read and written, and what is said of one that cannot be run.
@Suite struct ConfigurationTests {
  private static let shape = {
    var shape = TransformerConfiguration(
      vocabularySize: 8192, layerCount: 7, width: 256, feedForwardWidth: 384, headCount: 4)
    shape.paddingToken = 0
    return shape
  }()

  private func read(_ json: String) throws(ModelError) -> ModelDescription {
    try ModelDescription(json: Array(json.utf8), path: "DIR/config.json")
  }

  /// The error of a configuration that must not be read.
  private func refusal(of json: String) -> ModelError? {
    do throws(ModelError) {
      _ = try read(json)
      return nil
    } catch { return error }
  }

  private func written(_ description: ModelDescription) -> String {
    String(decoding: description.json(padding: 0, start: 2, end: 3), as: UTF8.self)
  }

  /// Every head with every attention that the format has.
  static var descriptions: [ModelDescription] {
    var causal = shape
    causal.attention = .causal
    causal.normEpsilon = 1e-6
    causal.rotaryBase = 12345
    causal.maximumLength = 128
    var descriptions = [shape, causal].flatMap { shape in
      [
        ModelDescription(transformer: shape, head: .none),
        ModelDescription(transformer: shape, head: .languageModel, objective: "hybrid"),
      ]
    }
    for pooling in Pooling.allCases {
      descriptions.append(
        ModelDescription(
          transformer: shape, head: .classification(classCount: 3), pooling: pooling,
          labels: ["10", "schlecht \"so\" \\", "naïve\u{2028}/é"], objective: "mlm"))
    }
    for (task, labels) in [
      (ClassificationTask.multi, ["a"]), (.multi, ["a", "b"]), (.regression, ["x"]),
    ] {
      descriptions.append(
        ModelDescription(
          transformer: shape, head: .classification(classCount: labels.count), task: task,
          labels: labels))
    }
    return descriptions
  }

  @Test(arguments: descriptions)
  func whatIsWrittenIsRead(_ description: ModelDescription) throws {
    #expect(try read(written(description)) == description)
    #expect(written(description) == written(description))
  }

  @Test func specialTokensAndNamesAreTransformers() throws {
    let text = written(ModelDescription(transformer: Self.shape, head: .languageModel))
    for expected in [
      #""model_type" : "modernbert""#, #""ModernBertForMaskedLM""#, #""pad_token_id" : 0"#,
      #""cls_token_id" : 2"#, #""bos_token_id" : 2"#, #""sep_token_id" : 3"#,
      #""eos_token_id" : 3"#, #""norm_eps" : 1e-05"#, #""global_attn_every_n_layers" : 1"#,
      #""tie_word_embeddings" : true"#, #""local_rope_theta" : 10000"#,
    ] { #expect(text.contains(expected), "\(expected)") }
    #expect(!text.contains("mlm_objective") && !text.contains("null"))
    #expect(text.hasSuffix("}\n"))
    var causal = Self.shape
    causal.attention = .causal
    let decoder = written(ModelDescription(transformer: causal, head: .languageModel))
    #expect(decoder.contains(#""model_type" : "modernbert-decoder""#))
    #expect(decoder.contains(#""ModernBertDecoderForCausalLM""#))
  }

  /// `ModernBertConfig(…).to_json_string()` of transformers 5.23, keys that matter here.
  private let fifth = """
    {"architectures": ["ModernBertForMaskedLM"], "classifier_pooling": "mean",
     "global_attn_every_n_layers": 1, "hidden_activation": "gelu", "hidden_size": 16,
     "intermediate_size": 12, "layer_types": ["full_attention", "full_attention"],
     "local_attention": 128, "max_position_embeddings": 32, "model_type": "modernbert",
     "norm_bias": false, "norm_eps": 1e-05, "num_attention_heads": 2, "num_hidden_layers": 2,
     "rope_parameters": {"full_attention": {"rope_theta": 20000.0, "rope_type": "default"},
       "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"}},
     "sparse_pred_ignore_index": -100, "sparse_prediction": false, "tie_word_embeddings": true,
     "transformers_version": "5.23.0", "vocab_size": 40}
    """

  @Test func keysOfTransformersFiveAreRead() throws {
    let description = try read(fifth)
    #expect(
      description
        == ModelDescription(
          transformer: TransformerConfiguration(
            vocabularySize: 40, layerCount: 2, width: 16, feedForwardWidth: 12, headCount: 2,
            maximumLength: 32, rotaryBase: 20000),
          head: .languageModel))
    // Where layer types are given, they decide.
    let withoutOld = fifth.replacing(#""global_attn_every_n_layers": 1, "#, with: "")
    #expect(try read(withoutOld) == description)
  }

  @Test(arguments: [
    (
      #""layer_types": ["full_attention", "full"#, #""layer_types": ["full_attention", "chunked"#,
      "layer_types: chunked_attention"
    ),
    (
      #""full_attention": {"rope_theta": 20000.0, "rope_type": "default""#,
      #""full_attention": {"rope_theta": 20000.0, "rope_type": "yarn""#, "rope_type: yarn"
    ),
    (
      #""hidden_activation": "gelu""#, #""hidden_activation": "quick_gelu""#,
      "hidden_activation: quick_gelu"
    ),
    (#""model_type": "modernbert""#, #""model_type": "gpt2""#, "found gpt2"),
    ("ModernBertForMaskedLM", "ModernBertForNothing", "architectures: expected one of"),
    (
      #"ModernBertForMaskedLM"],"#,
      #"ModernBertForSequenceClassification"], "problem_type": "ranking","#,
      "problem_type: expected single_label_classification, multi_label"
    ),
  ])
  func whatCannotBeRunIsUnsupported(_ old: String, _ new: String, _ reason: String) throws {
    #expect(fifth.contains(old))
    let error = try #require(refusal(of: fifth.replacing(old, with: new)))
    #expect(error.code == .unsupported)
    #expect(error.description.hasPrefix("DIR/config.json: "))
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test(arguments: [
    ("\"model_type\": \"modernbert\",", "", "expected a key model_type"),
    (#""vocab_size": 40"#, #""vocab_sizes": 40"#, "expected a key vocab_size"),
    (#""num_hidden_layers": 2,"#, "", "expected a key num_hidden_layers"),
    (
      #""hidden_size": 16"#, #""hidden_size": "16""#,
      "hidden_size: expected a whole number, found a string"
    ),
    (
      #""hidden_size": 16"#, #""hidden_size": 16.5"#,
      "expected a JSON object with sizes in whole numbers"
    ),
    (
      #""hidden_size": 16"#, #""hidden_size": 1e30"#,
      "expected a JSON object with sizes in whole numbers"
    ),
    (
      #""norm_eps": 1e-05"#, #""norm_eps": 1e999"#,
      "expected a JSON object with sizes in whole numbers"
    ),
    (
      #""architectures": ["ModernBertForMaskedLM"]"#, #""architectures": "x""#,
      "architectures: expected a list, found a string"
    ),
    ("ModernBertForMaskedLM", "ModernBertDecoderForCausalLM", "does not fit the model_type"),
    (
      #""rope_parameters": {"#, #""rope_parameters": 3, "x": {"#,
      "rope_parameters: expected an object, found a number"
    ),
    (
      #""vocab_size": 40"#, #""vocab_size": 40, "pad_token_id": 40"#,
      "pad_token_id: expected a token"
    ),
    (#""vocab_size": 40"#, #""vocab_size": 40, "pad_token_id": -1"#, "from 0 to 39, found -1"),
    (
      #""norm_bias": false"#, #""norm_bias": []"#, "norm_bias: expected true or false, found a list"
    ),
    (
      #""rope_theta": 20000.0"#, #""rope_theta": {}"#,
      "rope_parameters.full_attention.rope_theta: expected a number, found an object"
    ),
    (
      #"["ModernBertForMaskedLM"]"#, "[false]",
      "architectures[0]: expected a string, found true or false"
    ),
  ])
  func whatIsWrongIsNamed(_ old: String, _ new: String, _ reason: String) throws {
    #expect(fifth.contains(old))
    let error = try #require(refusal(of: fifth.replacing(old, with: new)))
    #expect(error.code == .malformed)
    #expect(error.description.hasPrefix("DIR/config.json: "))
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test(arguments: [
    "", "{", "[]", "3", "null", "\"modernbert\"", "{}", "{\"model_type\":3}", "\u{0}",
  ])
  func whatIsNoConfigurationIsMalformed(_ text: String) throws {
    let error = try #require(refusal(of: text))
    #expect(error.code == .malformed)
    #expect(error.description.hasPrefix("DIR/config.json: expected") || text.contains("3"))
  }

  @Test func deepNestingIsMalformed() throws {
    let deep = #"{"model_type":"modernbert","x":"# + String(repeating: "[", count: 100_000)
    #expect(try #require(refusal(of: deep)).code == .malformed)
    #expect(try #require(refusal(of: String(repeating: "[", count: 100_000))).code == .malformed)
  }

  @Test(arguments: [
    (#"{"0": "bad", "2": "good"}"#, "expected a label for 1"),
    (#"{"1": "bad", "2": "good"}"#, "expected a label for 0"),
    (#"{"0": "bad", "1": "bad"}"#, "expected each label once, found \"bad\" again"),
    ("{}", "expected two labels or more, found 0"),
    (#"{"0": 1, "1": 2}"#, ": expected a string, found a number"),
  ])
  func labelsWithoutGapsAreWanted(_ labels: String, _ reason: String) throws {
    let text = fifth.replacing(
      "ModernBertForMaskedLM\"],",
      with: "ModernBertForSequenceClassification\"], \"id2label\": \(labels),")
    let error = try #require(refusal(of: text))
    #expect(error.code == .malformed)
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test func regressionHasOneLabel() throws {
    let text = fifth.replacing(
      "ModernBertForMaskedLM\"],",
      with: "ModernBertForSequenceClassification\"], \"problem_type\": \"regression\",")
    #expect(try #require(refusal(of: text)).reason.contains("expected one label, found 2"))
  }

  @Test func defaultsAreTransformers() throws {
    let text = fifth.replacing("ModernBertForMaskedLM", with: "ModernBertForSequenceClassification")
      .replacing("\"classifier_pooling\": \"mean\",", with: "")
    let description = try read(text)
    #expect(description.labels == ["LABEL_0", "LABEL_1"] && description.pooling == .first)
    #expect(description.head == .classification(classCount: 2))
    // One score is a number; and two layers of three have a window of 64 places to either side.
    let one = try read(
      text.replacing(
        "\"hidden_size\"", with: "\"id2label\": {\"0\": \"x\"}, \"hidden_size\""))
    #expect(one.task == .regression && one.labels == ["x"])
    let old = fifth.replacing(#""layer_types": ["full_attention", "full_attention"],"#, with: "")
      .replacing(#""global_attn_every_n_layers": 1,"#, with: "")
    #expect(
      try read(old).transformer.localAttention
        == .init(reach: 64, rotaryBase: 10_000, layers: [false, true]))
  }
}
