import MLMModel
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What `tokenizer_config.json` and `special_tokens_map.json` say of a tokenizer: what its special
/// tokens are for, and how long texts may be.
struct TokenizerSettings {
  private var spellings: [String: String] = [:]
  /// Tokens of a text that the model reads, special ones included; nil where it is not said.
  private(set) var maximumLength: Int?

  /// A token as a string, or as an object with one.
  private struct Spelling: Decodable {
    let content: String

    private enum CodingKeys: String, CodingKey { case content }

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        content = text
      } else {
        content = try decoder.container(keyedBy: CodingKeys.self)
          .decode(String.self, forKey: .content)
      }
    }
  }

  private struct File: Decodable {
    var pad_token, unk_token, cls_token, sep_token, mask_token, bos_token, eos_token: Spelling?
    var model_max_length: Double?
  }

  /// Reads the files of a directory that has them.
  ///
  /// - Throws: `FileError`, or ``ModelError`` with code `malformed`.
  init(directory: String) throws {
    // What the first says, the second does not change.
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      let path = directory + "/" + name
      guard FileSystem.exists(path) else { continue }
      let file: File
      do {
        file = try JSONDecoder().decode(File.self, from: Data(try FileContents.read(path)))
      } catch is DecodingError {
        throw ModelError(
          .malformed, path, "expected the settings of a tokenizer, found other bytes")
      }
      for (role, spelling) in [
        ("pad", file.pad_token), ("unk", file.unk_token), ("cls", file.cls_token),
        ("sep", file.sep_token), ("mask", file.mask_token), ("bos", file.bos_token),
        ("eos", file.eos_token),
      ] where spellings[role] == nil { spellings[role] = spelling?.content }
      // No limit is written as a number beyond all others.
      if let length = file.model_max_length, (3...1e9).contains(length) {
        maximumLength = maximumLength ?? Int(length)
      }
    }
  }

  /// A tokenizer that knows what its special tokens are for.
  func apply(to tokenizer: Tokenizer) -> Tokenizer {
    var tokens = tokenizer.specialTokens
    tokens.padding = spellings["pad"] ?? tokens.padding
    tokens.unknown = spellings["unk"] ?? tokens.unknown
    tokens.mask = spellings["mask"] ?? tokens.mask
    // What the template puts around a text says it best.
    if tokenizer.startID < 0 { tokens.start = spellings["cls"] ?? spellings["bos"] ?? tokens.start }
    if tokenizer.endID < 0 { tokens.end = spellings["sep"] ?? spellings["eos"] ?? tokens.end }
    return tokens == tokenizer.specialTokens ? tokenizer : tokenizer.naming(tokens)
  }
}
