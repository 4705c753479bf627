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
    var document = TokenizerDocument(
      normalizer: Normalizer(steps: [
        .init(.bert(try BERTSettings(besideVocabulary: path).normalizer))
      ]),
      preTokenizer: PreTokenizer(steps: [.bert]),
      decoder: .wordPiece(prefix: Array("##".utf8), cleansUp: true))
    document.add(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], id)
    if let start = document.special("[CLS]"), let end = document.special("[SEP]") {
      document.postProcessor = .bert(start: start, end: end)
    }
    return document.json { writer in
      writer.writeWordPieces(lines.map(Array.init), unknown: "[UNK]", prefix: "##") {
        !lines[$0].isEmpty
      }
    }
  }

  // Byte pairs.

  private static func bytePairs(_ vocabularyPath: String, _ mergesPath: String) throws -> [UInt8] {
    let json = try FileContents.read(vocabularyPath)
    let reader = try TokenizerReader(json, name: vocabularyPath)
    let vocabulary = try reader.vocabulary(JSONDocument.root, [])
    let lines = lines(of: try FileContents.read(mergesPath))
    var merges: [BytePairModel.Merge] = []
    for (index, line) in lines.enumerated() where !line.starts(with: "#version".utf8) {
      let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw malformed(mergesPath, index, "expected two tokens separated by a space")
      }
      func known(_ token: ArraySlice<UInt8>) throws -> Int32 {
        if let id = vocabulary.id(of: token) { return Int32(id) }
        throw malformed(
          mergesPath, index,
          "expected tokens of \(vocabularyPath), found \"\(String(decoding: token, as: UTF8.self))\""
        )
      }
      merges.append(
        (
          left: try known(parts[0]), right: try known(parts[1]),
          result: try known(parts[0] + parts[1])
        ))
    }
    var document = TokenizerDocument(
      preTokenizer: PreTokenizer(steps: [.byteLevel(withoutPrefix)]),
      decoder: .byteLevel(ByteLevelSettings()))
    document.add(["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|endoftext|>"]) { token in
      vocabulary.id(of: Array(token.utf8))
    }
    if let start = document.special("<s>"), let end = document.special("</s>") {
      document.postProcessor = .roberta(start: start, end: end, trimming: withoutPrefix)
    }
    return document.json { writer in
      writer.writePairs(vocabulary.tokens, merges) {
        vocabulary[$0] != nil
      }
    }
  }

  private static var withoutPrefix: ByteLevelSettings {
    var settings = ByteLevelSettings()
    settings.addsPrefixSpace = false
    return settings
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
