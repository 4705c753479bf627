import MLMNumerics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The keys of `config.json` that we write or act on, of every family.
///
/// A key that a file does not have is nil, and is not written.
struct ConfigurationFile: Codable {
  var model_type: String?
  var architectures: [String]?
  var vocab_size, hidden_size, intermediate_size: Int?
  var num_hidden_layers, num_attention_heads, max_position_embeddings: Int?
  var tie_word_embeddings: Bool?
  var initializer_range, initializer_cutoff_factor: Double?
  var pad_token_id: Int?
  var bos_token_id, eos_token_id, cls_token_id, sep_token_id: WrittenToken?
  var id2label: [String: String]?
  var label2id: [String: Int]?
  var num_labels: Int?
  var problem_type, torch_dtype, mlm_objective: String?
  /// Tokens of the tokenizer of a model that has embeddings of more.
  var mlm_token_count: Int?

  // BERT, RoBERTa and ELECTRA
  var hidden_act, position_embedding_type: String?
  var layer_norm_eps: Double?
  var hidden_dropout_prob, attention_probs_dropout_prob: Double?
  var type_vocab_size: Int?
  var is_decoder, add_cross_attention: Bool?
  var embedding_size: Int?

  // DistilBERT
  var dim, hidden_dim, n_heads, n_layers: Int?
  var activation: String?
  var dropout, attention_dropout: Double?
  var sinusoidal_pos_embds: Bool?

  // ModernBERT and its decoder
  var norm_eps: Double?
  var hidden_activation, classifier_activation, classifier_pooling: String?
  var norm_bias, attention_bias, mlp_bias, decoder_bias, classifier_bias: Bool?
  var reference_compile: Bool?
  var embedding_dropout, mlp_dropout, classifier_dropout: Double?
  var global_attn_every_n_layers, local_attention: Int?
  var global_rope_theta, local_rope_theta: Double?
  var layer_types: [String]?
  var rope_parameters: [String: RotaryParameters]?

  struct RotaryParameters: Codable {
    var rope_type: String?
    var rope_theta: Double?
  }

  /// A token that we write and do not read: the tokenizer knows it, and files may name several.
  struct WrittenToken: Codable {
    var id: Int?

    init(_ id: Int32) { self.id = Int(id) }

    init(from decoder: any Decoder) {}

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(id)
    }
  }

  /// Reads a file.
  ///
  /// - Throws: ``ModelError`` with code `malformed`, naming the key.
  static func read(_ bytes: [UInt8], path: String) throws(ModelError) -> ConfigurationFile {
    do {
      return try JSONDecoder().decode(ConfigurationFile.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw ModelError(.malformed, path, error.explanation)
    } catch {
      throw ModelError(.malformed, path, "expected a JSON object")
    }
  }

  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("a configuration holds finite numbers only")
    }
    // transformers 5 takes no whole number here, and the encoder writes 2.0 as one.
    let text = String(decoding: data, as: UTF8.self)
      .replacing(#""initializer_cutoff_factor" : 2,"#, with: #""initializer_cutoff_factor" : 2.0,"#)
    return Array(text.utf8) + [UInt8(ascii: "\n")]
  }
}

/// Reads keys of a configuration, and says where one is wrong.
struct ConfigurationReader {
  let file: ConfigurationFile
  let path: String

  /// The value of a key that must be there.
  func required<Value>(_ key: String, _ value: Value?) throws(ModelError) -> Value {
    guard let value else { throw ModelError(.malformed, path, "expected a key \(key)") }
    return value
  }

  func unsupported(_ key: String, _ found: Any) -> ModelError {
    ModelError(.unsupported, path, "\(key): \(found) cannot be run")
  }

  /// The activation of a name; `gelu` if there is none.
  func activation(_ key: String, _ name: String?) throws(ModelError) -> ActivationFunction {
    switch name ?? "gelu" {
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case "relu": return .relu
    case "silu", "swish": return .silu
    case "tanh": return .tanh
    case let name: throw unsupported(key, name)
    }
  }
}

extension ActivationFunction {
  /// What `config.json` calls it.
  var configurationName: String {
    switch self {
    case .gelu: "gelu"
    case .geluTanh: "gelu_new"
    case .relu, .silu, .tanh, .identity: rawValue
    }
  }
}
