#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The files that models came with before there was tokenizer.json: BERT's `vocab.txt`, and the
/// `vocab.json` and `merges.txt` of RoBERTa and GPT-2.
///
/// They hold no settings. What is made of them is what transformers makes of them: BERT's normalizer
/// and template, with the switches of a tokenizer_config.json beside `vocab.txt`, lowercasing by
/// default; byte-level pairs without a prefix space, and RoBERTa's special tokens where the vocabulary
/// has them.
enum VocabularyFiles {
  /// The file to read for `path`: itself, or what a directory holds, tokenizer.json first.
  static func file(at path: String) -> String {
    guard kind(path) == S_IFDIR else { return path }
    let candidates = ["tokenizer.json", "vocab.txt", "vocab.json"].map { path + "/" + $0 }
    return candidates.first { kind($0) != nil } ?? candidates[0]
  }

  /// Returns the tokenizer.json for a vocabulary; nil if `path` is named otherwise.
  static func document(at path: String) throws -> [UInt8]? {
    if path.hasSuffix(".txt") {
      if path.hasSuffix("merges.txt") {
        return try bytePairs(String(path.dropLast("merges.txt".count)) + "vocab.json", path)
      }
      return try wordPiece(path)
    }
    guard path.hasSuffix("vocab.json") else { return nil }
    return try bytePairs(path, String(path.dropLast("vocab.json".count)) + "merges.txt")
  }

  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  // WordPiece.

  private static func wordPiece(_ path: String) throws -> [UInt8] {
    let lines = lines(of: try FileContents.read(path))
    var places: [ArraySlice<UInt8>: Int] = [:]
    for (id, line) in lines.enumerated() where !line.isEmpty {
      guard line.withContiguousStorageIfAvailable(UTF8Repair.isValid) == true else {
        throw malformed(path, id, "expected UTF-8, found other bytes")
      }
      if let other = places.updateValue(id, forKey: line) {
        throw malformed(
          path, id, "expected a token of its own, found that of line \(other + 1)")
      }
    }
    func id(_ token: String) -> Int? { places[Array(token.utf8)[...]] }
    guard id("[UNK]") != nil else {
      throw TokenizerError(
        code: .unsupported, file: path, reason: "expected a line \"[UNK]\", found none")
    }
    let settings = try BERTSettings(besideVocabulary: path)
    var writer = JSONWriter()
    writer.object { writer in
      let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
      writer.addedTokens(special.compactMap { token in id(token).map { (token, $0) } })
      writer.name("normalizer")
      settings.writeNormalizer(to: &writer)
      writer.component("pre_tokenizer", "BertPreTokenizer") { _ in }
      if let start = id("[CLS]"), let end = id("[SEP]") {
        writer.component("post_processor", "BertProcessing") { writer in
          writer.special("sep", "[SEP]", end)
          writer.special("cls", "[CLS]", start)
        }
      }
      writer.component("decoder", "WordPiece") { writer in
        writer.name("prefix")
        writer.string("##")
      }
      writer.component("model", "WordPiece") { writer in
        writer.name("unk_token")
        writer.string("[UNK]")
        writer.name("continuing_subword_prefix")
        writer.string("##")
        writer.name("max_input_chars_per_word")
        writer.number(100)
        writer.name("vocab")
        writer.object { writer in
          for (id, line) in lines.enumerated() where !line.isEmpty {
            writer.name(line)
            writer.number(id)
          }
        }
      }
    }
    return writer.bytes
  }

  // Byte pairs.

  private static func bytePairs(_ vocabularyPath: String, _ mergesPath: String) throws -> [UInt8] {
    let json = try FileContents.read(vocabularyPath)
    let reader = try TokenizerReader(json, name: vocabularyPath)
    let vocabulary = try reader.vocabulary(JSONDocument.root, [])
    let merges = lines(of: try FileContents.read(mergesPath))
    func id(_ token: String) -> Int? { vocabulary.id(of: Array(token.utf8)) }
    for (index, line) in merges.enumerated() where !isComment(line) {
      let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw malformed(mergesPath, index, "expected two tokens separated by a space")
      }
      for token in [parts[0], parts[1], parts[0] + parts[1]] where vocabulary.id(of: token) == nil {
        throw malformed(
          mergesPath, index,
          "expected tokens of \(vocabularyPath), found \"\(String(decoding: token, as: UTF8.self))\""
        )
      }
    }
    var writer = JSONWriter()
    writer.object { writer in
      let special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|endoftext|>"]
      writer.addedTokens(special.compactMap { token in id(token).map { (token, $0) } })
      writer.component("pre_tokenizer", "ByteLevel") { $0.flag("add_prefix_space", false) }
      if let start = id("<s>"), let end = id("</s>") {
        writer.component("post_processor", "RobertaProcessing") { writer in
          writer.special("sep", "</s>", end)
          writer.special("cls", "<s>", start)
          writer.flag("add_prefix_space", false)
        }
      }
      writer.component("decoder", "ByteLevel") { _ in }
      writer.component("model", "BPE") { writer in
        writer.name("vocab")
        writer.object { writer in
          for id in 0..<vocabulary.count {
            guard let token = vocabulary[id] else { continue }
            writer.name(token)
            writer.number(id)
          }
        }
        writer.name("merges")
        writer.array { writer in
          for line in merges where !isComment(line) {
            writer.element()
            writer.string(line)
          }
        }
      }
    }
    return writer.bytes
  }

  private static func isComment(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "#version".utf8)
  }

  // Lines.

  /// The lines of a file, without their ends; nothing after the last end of line is no line.
  private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
  }

  private static func malformed(_ path: String, _ line: Int, _ reason: String) -> TokenizerError {
    TokenizerError(code: .malformed, file: path, place: "line \(line + 1)", reason: reason)
  }
}
