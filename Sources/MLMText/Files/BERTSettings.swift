/// The switches of a `BertNormalizer`, as a tokenizer_config.json beside a vocabulary sets them.
struct BERTSettings {
  private(set) var normalizer = NormalizerStep.BERT()

  /// Reads the tokenizer_config.json in the directory of a vocabulary, if there is one.
  init(besideVocabulary path: String) throws {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let file = directory + "tokenizer_config.json"
    guard let json = try Self.contents(ofFile: file) else { return }
    let reader = try TokenizerReader(json, name: file)
    for (name, value) in try reader.members() {
      switch name {
      case "do_lower_case": normalizer.lowercases = try reader.flag(value, name, default: true)
      case "tokenize_chinese_chars":
        normalizer.spacesIdeographs = try reader.flag(value, name, default: true)
      case "strip_accents":
        if reader.document.kind(value) != .null {
          normalizer.stripsAccents = try reader.flag(value, name, default: true)
        }
      default: break
      }
    }
  }

  /// The bytes of a file; nil if there is none.
  private static func contents(ofFile path: String) throws(FileError) -> [UInt8]? {
    do throws(FileError) {
      return try FileContents.read(path)
    } catch {
      if error.code == .missing { return nil }
      throw error
    }
  }
}

extension TokenizerReader {
  /// The members of the document, which must be an object.
  fileprivate func members() throws(TokenizerError) -> [(name: String, value: Int)] {
    guard document.kind(JSONDocument.root) == .object else {
      throw wrongKind(JSONDocument.root, "", "an object")
    }
    var members: [(String, Int)] = []
    document.forEachMember(JSONDocument.root) { name, value in
      members.append((String(decoding: document.bytes(name), as: UTF8.self), value))
    }
    return members
  }
}
