import MLMModel
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How a sentence embedding is made: the sentence-transformers part of a model directory.
public struct SentencePooling: Hashable, Sendable {
  /// How the rows of a text become one.
  public var pooling: Pooling
  /// Whether embeddings are scaled to length 1.
  public var normalizesLength: Bool
  /// Tokens of a text that are read, special ones included; the model's own limit if nil.
  public var maximumLength: Int?

  /// Mean pooling and length 1, unless told otherwise.
  public init(pooling: Pooling = .mean, normalizesLength: Bool = true, maximumLength: Int? = nil) {
    self.pooling = pooling
    self.normalizesLength = normalizesLength
    self.maximumLength = maximumLength
  }

  private struct Module: Codable {
    var idx: Int
    var name, path, type: String
  }

  private struct PoolingFile: Codable {
    var word_embedding_dimension: Int?
    var pooling_mode_cls_token, pooling_mode_mean_tokens, pooling_mode_max_tokens: Bool?
    var pooling_mode_mean_sqrt_len_tokens, pooling_mode_weightedmean_tokens: Bool?
    var pooling_mode_lasttoken, include_prompt: Bool?
  }

  private struct LengthFile: Codable {
    var max_seq_length: Int?
    var do_lower_case: Bool?
  }

  /// Reads `modules.json` and what it names; a directory without one has the defaults.
  init(directory: String) throws {
    self.init()
    let modulesPath = directory + "/modules.json"
    guard FileSystem.exists(modulesPath) else { return }
    let modules: [Module] = try Self.decode(modulesPath)
    normalizesLength = modules.contains { $0.type.hasSuffix("Normalize") }
    let lengthPath = directory + "/sentence_bert_config.json"
    if FileSystem.exists(lengthPath) {
      let file: LengthFile = try Self.decode(lengthPath)
      maximumLength = file.max_seq_length
    }
    for module in modules {
      let kind = module.type.split(separator: ".").last.map(String.init) ?? module.type
      switch kind {
      case "Transformer", "Normalize": continue
      case "Pooling":
        pooling = try Self.pooling(ofFile: "\(directory)/\(module.path)/config.json")
      default:
        throw ModelError(.unsupported, modulesPath, "module \(module.type) cannot be run")
      }
    }
  }

  private static func pooling(ofFile path: String) throws -> Pooling {
    let file: PoolingFile = try decode(path)
    let modes: [(Bool?, Pooling?)] = [
      (file.pooling_mode_cls_token, .first), (file.pooling_mode_mean_tokens, .mean),
      (file.pooling_mode_max_tokens, .max), (file.pooling_mode_mean_sqrt_len_tokens, nil),
      (file.pooling_mode_weightedmean_tokens, nil), (file.pooling_mode_lasttoken, nil),
    ]
    let chosen = modes.filter { $0.0 == true }
    guard chosen.count == 1, let pooling = chosen[0].1 else {
      throw ModelError(.unsupported, path, "expected exactly one of cls, mean and max pooling")
    }
    return pooling
  }

  private static func decode<Value: Decodable>(_ path: String) throws -> Value {
    let bytes = try FileContents.read(path)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    } catch {
      throw ModelError(.malformed, path, "expected a sentence-transformers file, found other bytes")
    }
  }

  /// The files that make a directory open in sentence-transformers, by path.
  func files(width: Int, maximumLength limit: Int) -> [(path: String, bytes: [UInt8])] {
    let prefix = "sentence_transformers.models."
    var modules = [
      Module(idx: 0, name: "0", path: "", type: prefix + "Transformer"),
      Module(idx: 1, name: "1", path: "1_Pooling", type: prefix + "Pooling"),
    ]
    // The booleans rather than sentence-transformers' newer single key: other readers need them.
    let pooling = PoolingFile(
      word_embedding_dimension: width, pooling_mode_cls_token: pooling == .first,
      pooling_mode_mean_tokens: pooling == .mean, pooling_mode_max_tokens: pooling == .max,
      pooling_mode_mean_sqrt_len_tokens: false, pooling_mode_weightedmean_tokens: false,
      pooling_mode_lasttoken: false, include_prompt: true)
    var files: [(path: String, bytes: [UInt8])] = [
      ("1_Pooling/config.json", Self.encode(pooling)),
      (
        "sentence_bert_config.json",
        Self.encode(LengthFile(max_seq_length: maximumLength ?? limit, do_lower_case: false))
      ),
      (
        // A low version: a newer one than is installed makes the reader print a warning.
        "config_sentence_transformers.json",
        Array(
          #"{"__version__":{"sentence_transformers":"3.0.0","transformers":"4.48.0","pytorch":"2.0.0"},"prompts":{},"default_prompt_name":null,"similarity_fn_name":"cosine"}"#
            .utf8) + [UInt8(ascii: "\n")]
      ),
    ]
    if normalizesLength {
      modules.append(Module(idx: 2, name: "2", path: "2_Normalize", type: prefix + "Normalize"))
      // A folder without a file would be lost in git and in archives.
      files.append(("2_Normalize/README.md", Array("Scales embeddings to length 1.\n".utf8)))
    }
    files.append(("modules.json", Self.encode(modules)))
    return files
  }

  private static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("strings, numbers and Booleans are always valid JSON")
    }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}
