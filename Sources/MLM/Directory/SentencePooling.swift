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

  private struct LengthFile: Codable {
    var max_seq_length: Int?
    var do_lower_case: Bool?
  }

  /// Reads `modules.json` and what it names; a directory without one has the defaults.
  ///
  /// - Parameters:
  ///   - directory: The model directory.
  ///   - width: The numbers that a row of the model has.
  /// - Throws: `FileError` where a file that is named is missing; ``ModelError`` with code
  ///   `malformed`, `unsupported` or, where pooling is for rows of another width, `mismatch`.
  init(directory: String, width: Int) throws {
    self.init()
    let modulesPath = directory + "/modules.json"
    guard FileSystem.exists(modulesPath) else { return }
    let modules: [Module] = try Self.decode(modulesPath)
    normalizesLength = modules.contains { $0.type.hasSuffix("Normalize") }
    let lengthPath = directory + "/sentence_bert_config.json"
    if FileSystem.exists(lengthPath) {
      let file: LengthFile = try Self.decode(lengthPath)
      // Start and end token are two; there must be room for a text.
      if let length = file.max_seq_length, length < 3 {
        throw ModelError(
          .malformed, lengthPath, "max_seq_length: expected a number from 3, found \(length)")
      }
      maximumLength = file.max_seq_length
    }
    for module in modules {
      let kind = module.type.split(separator: ".").last.map(String.init) ?? module.type
      switch kind {
      case "Transformer", "Normalize": continue
      case "Pooling":
        let path = "\(directory)/\(module.path)/config.json"
        let file: PoolingFile = try Self.decode(path)
        pooling = try file.pooling(width: width, path: path)
      default:
        throw ModelError(.unsupported, modulesPath, "module \(module.type) cannot be run")
      }
    }
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
    var files: [(path: String, bytes: [UInt8])] = [
      ("1_Pooling/config.json", Self.encode(PoolingFile(pooling, width: width))),
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
