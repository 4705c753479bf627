import MLMModel
import MLMNumerics

/// A small model of each family that can be opened: its configuration and its weights, in parts.
struct SampleModel: Sendable {
  let configuration: JSONValue
  /// The header of the weights, and the bytes after it.
  let header: JSONValue
  let numbers: [UInt8]

  static let all: [SampleModel] = configurations.map(SampleModel.init)

  private init(_ configuration: JSONValue) {
    self.configuration = configuration
    guard
      let description = try? ModelDescription(json: configuration.bytes, path: "sample"),
      case let parameters = Parameters(description.layout)
    else { fatalError("a sample that cannot be read: \(configuration)") }
    parameters.initialize(seed: 1)
    var (members, numbers): ([(String, JSONValue)], [UInt8]) = ([], [])
    for tensor in parameters.tensors(named: description.tensorNames) {
      let start = numbers.count
      numbers += UnsafeRawBufferPointer(tensor.values)
      members.append(
        (
          tensor.name,
          .object([
            ("dtype", .string("F32")), ("shape", .array(tensor.shape.map(JSONValue.number))),
            ("data_offsets", .array([.number(start), .number(numbers.count)])),
          ])
        ))
    }
    // The tensors are views of the parameters' memory.
    withExtendedLifetime(parameters) {}
    (header, self.numbers) = (.object(members), numbers)
  }

  /// The file of the weights.
  static func weights(_ header: [UInt8], _ numbers: [UInt8], length: UInt64? = nil) -> [UInt8] {
    withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian, Array.init)
      + header + numbers
  }

  private static let labels = JSONValue.object([("0", .string("no")), ("1", .string("yes"))])

  private static let configurations: [JSONValue] = [
    bert("bert", "BertForMaskedLM"),
    bert("bert", "BertForSequenceClassification", [("id2label", labels)]),
    bert("roberta", "RobertaForMaskedLM", [("pad_token_id", .number(1))]),
    bert("electra", "ElectraForPreTraining", [("embedding_size", .number(4))]),
    .object([
      ("model_type", .string("distilbert")), ("vocab_size", .number(13)),
      ("architectures", .array([.string("DistilBertForMaskedLM")])), ("dim", .number(8)),
      ("hidden_dim", .number(12)), ("n_heads", .number(2)), ("n_layers", .number(2)),
      ("max_position_embeddings", .number(16)), ("activation", .string("gelu")),
      ("pad_token_id", .number(0)),
    ]),
    modernBERT("modernbert", "ModernBertForMaskedLM"),
    modernBERT("modernbert", "ModernBertForSequenceClassification", [("id2label", labels)]),
    modernBERT("modernbert-decoder", "ModernBertDecoderForCausalLM"),
  ]

  private static func bert(
    _ type: String, _ name: String, _ more: [(String, JSONValue)] = []
  ) -> JSONValue {
    .object(
      [
        ("model_type", .string(type)), ("architectures", .array([.string(name)])),
        ("vocab_size", .number(13)), ("hidden_size", .number(8)),
        ("intermediate_size", .number(12)), ("num_hidden_layers", .number(2)),
        ("num_attention_heads", .number(2)), ("hidden_act", .string("gelu")),
        ("max_position_embeddings", .number(16)), ("type_vocab_size", .number(2)),
        ("layer_norm_eps", .verbatim("1e-12")), ("position_embedding_type", .string("absolute")),
      ] + more)
  }

  private static func modernBERT(
    _ type: String, _ name: String, _ more: [(String, JSONValue)] = []
  ) -> JSONValue {
    .object(
      [
        ("model_type", .string(type)), ("architectures", .array([.string(name)])),
        ("vocab_size", .number(13)), ("hidden_size", .number(8)), ("intermediate_size", .number(6)),
        ("num_hidden_layers", .number(2)), ("num_attention_heads", .number(2)),
        ("hidden_activation", .string("gelu")), ("max_position_embeddings", .number(16)),
        ("norm_eps", .verbatim("1e-5")), ("norm_bias", .bool(false)),
        ("attention_bias", .bool(false)), ("mlp_bias", .bool(false)),
        ("global_attn_every_n_layers", .number(2)), ("local_attention", .number(4)),
        ("global_rope_theta", .verbatim("160000.0")), ("local_rope_theta", .verbatim("10000.0")),
        ("pad_token_id", .number(0)), ("classifier_pooling", .string("mean")),
      ] + more)
  }
}
