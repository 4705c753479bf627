import MLMModel
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The JSON files of sentence-transformers.
enum SentenceFiles {
  /// Reads a file.
  ///
  /// - Throws: `FileError`, or ``ModelError`` with code `malformed`.
  static func decode<Value: Decodable>(_ path: String) throws -> Value {
    let bytes = try FileContents.read(path)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    } catch {
      throw ModelError(.malformed, path, "expected a sentence-transformers file, found other bytes")
    }
  }

  /// The same, of a file that need not be there.
  static func decodeIfPresent<Value: Decodable>(_ path: String) throws -> Value? {
    FileSystem.exists(path) ? try decode(path) : nil
  }

  static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("strings, numbers and Booleans are always valid JSON")
    }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}

/// An entry of `modules.json`.
struct SentenceModule: Codable {
  var idx: Int
  var name, path, type: String

  /// The class without the package it is in, which changed with version 6.
  var kind: String { type.split(separator: ".").last.map(String.init) ?? type }
}

/// `sentence_bert_config.json`.
struct SentenceLengthFile: Codable {
  var max_seq_length: Int?
  var do_lower_case: Bool?
  var model_args: ModelArguments?

  /// What the class of the transformer is made with: we write it and do not read that of others.
  struct ModelArguments: Codable {
    var add_pooling_layer: Bool?

    init(add_pooling_layer: Bool) { self.add_pooling_layer = add_pooling_layer }

    init(from decoder: any Decoder) {}
  }

  /// What the file was called for each kind of model in the first versions.
  static let names = ["bert", "roberta", "distilbert", "camembert", "xlm-roberta"]
    .map { "sentence_\($0)_config.json" }
}

/// `config_sentence_transformers.json`.
struct SentencePromptFile: Codable {
  struct Versions: Codable {
    // A low version: a newer one than is installed makes the reader print a warning.
    var sentence_transformers = "3.0.0"
    var transformers = "4.48.0"
    var pytorch = "2.0.0"
  }

  var __version__: Versions?
  var prompts: [String: String]?
  var default_prompt_name: String?
  var similarity_fn_name: String?

  private enum CodingKeys: String, CodingKey {
    case __version__, prompts, default_prompt_name, similarity_fn_name
  }

  init(prompts: [String: String], defaultName: String?, similarity: String) {
    __version__ = Versions()
    self.prompts = prompts
    default_prompt_name = defaultName
    similarity_fn_name = similarity
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    prompts = try container.decodeIfPresent([String: String].self, forKey: .prompts)
    default_prompt_name = try container.decodeIfPresent(String.self, forKey: .default_prompt_name)
    similarity_fn_name = try container.decodeIfPresent(String.self, forKey: .similarity_fn_name)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(__version__, forKey: .__version__)
    try container.encode(prompts, forKey: .prompts)
    // There, and null, where there is none.
    try container.encode(default_prompt_name, forKey: .default_prompt_name)
    try container.encode(similarity_fn_name, forKey: .similarity_fn_name)
  }
}
