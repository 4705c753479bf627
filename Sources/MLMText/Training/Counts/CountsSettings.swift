/// What words were counted with, as a counts file keeps it: the normalizer and the pre-tokenizer, as a
/// tokenizer.json has them.
enum CountsSettings {
  /// The settings of `options`: JSON.
  static func json(_ options: TrainingOptions) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("normalizer")
      writer.write(options.normalizer)
      writer.name("pre_tokenizer")
      writer.write(options.cutting)
    }
    return writer.bytes
  }

  /// Takes over into `options` what the counts file at `path` was counted with.
  static func adopt(from path: String, into options: inout TrainingOptions) throws {
    let settings = try CountsReader(path: path).settings
    // The parts are read as those of a tokenizer with any model.
    guard let end = settings.lastIndex(of: UInt8(ascii: "}")) else {
      throw TokenizerError(
        code: .malformed, file: path, reason: "expected settings in JSON, found none")
    }
    let model = #", "model": {"type": "WordLevel", "vocab": {"x": 0}, "unk_token": "x"}}"#
    let tokenizer = try Tokenizer(json: settings[..<end] + Array(model.utf8), name: path)
    options.normalizer = tokenizer.normalizer
    switch tokenizer.preTokenizer.steps.first {
    case .byteLevel(let byteLevel):
      options.preTokenizer = .byteLevel
      options.addsPrefixSpace = byteLevel.addsPrefixSpace
    case .metaspace(let metaspace):
      options.preTokenizer = .metaspace
      options.addsPrefixSpace = metaspace.prepending != .never
    case .bert: options.preTokenizer = .bert
    case .whitespace: options.preTokenizer = .whitespace
    case .whitespaceSplit: options.preTokenizer = .whitespaceSplit
    default:
      throw TokenizerError(
        code: .unsupported, file: path,
        reason: "expected counts made with a pre-tokenizer of mlm tokenizer count, found another")
    }
  }
}
