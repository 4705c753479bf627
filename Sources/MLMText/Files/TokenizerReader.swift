/// Makes a tokenizer of a tokenizer.json.
///
/// Whatever the document asks for is done or refused with the place and the name of what is not
/// supported; nothing is passed over.
struct TokenizerReader {
  let document: JSONDocument
  let name: String

  /// Reads the syntax of the document.
  init(_ json: [UInt8], name: String) throws(TokenizerError) {
    document = try JSONDocument(json, name: name)
    self.name = name
  }

  /// Reads the tokenizer; `specialTokens` says what the special tokens are, where their names do not.
  func tokenizer(specialTokens: SpecialTokens?) throws(TokenizerError) -> Tokenizer {
    let fields = try fields(
      JSONDocument.root, "",
      known: [
        "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
        "post_processor", "decoder", "model",
      ])
    if let version = fields["version"] {
      let text = try string(version, "version")
      guard text.elementsEqual("1.0".utf8) else {
        throw unsupported("version", expected: "\"1.0\"", found: text)
      }
    }
    for setting in ["truncation", "padding"] {
      guard let node = fields[setting], document.kind(node) != .null else { continue }
      throw TokenizerError(
        code: .unsupported, file: name, place: setting, reason: "expected null, found a setting")
    }
    let added = try fields["added_tokens"].map { node throws(TokenizerError) in
      try addedTokens(node)
    }
    guard let modelNode = fields["model"] else { throw missing("model", in: "") }
    let model = try model(modelNode, addedTokens: added ?? [])
    let preTokenizer = try byteLevel(fields["pre_tokenizer"], "pre_tokenizer")
    let decoder = try byteLevel(fields["decoder"], "decoder")
    let normalizer = Normalizer(steps: try steps(fields["normalizer"], "normalizer"))
    let postProcessor = try postProcessor(fields["post_processor"], model.vocabulary)
    return try Tokenizer(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model,
      postProcessor: postProcessor, decoder: decoder, addedTokens: added ?? [],
      specialTokens: specialTokens ?? guess(added ?? [], postProcessor), name: name)
  }

  private func addedTokens(_ node: Int) throws(TokenizerError) -> [AddedToken] {
    guard document.kind(node) == .array else { throw wrongKind(node, "added_tokens", "an array") }
    var tokens: [AddedToken] = []
    try document.forEachElement(node) { index, element throws(TokenizerError) in
      let place = "added_tokens[\(index)]"
      let fields = try fields(
        element, place,
        known: ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"])
      guard let idNode = fields["id"] else { throw missing("id", in: place) }
      guard let contentNode = fields["content"] else { throw missing("content", in: place) }
      let content = Array(try string(contentNode, place + ".content"))
      guard !content.isEmpty else {
        throw malformed(place + ".content", "expected a string that is not empty, found \"\"")
      }
      for setting in ["single_word", "normalized"] {
        if try flag(fields[setting], place + "." + setting, default: false) {
          throw TokenizerError(
            code: .unsupported, file: name, place: place + "." + setting,
            reason: "expected false, found true")
        }
      }
      tokens.append(
        AddedToken(
          id: Int32(try integer(idNode, place + ".id", in: 0..<Int(Int32.max))),
          content: content,
          takesSpaceBefore: try flag(fields["lstrip"], place + ".lstrip", default: false),
          takesSpaceAfter: try flag(fields["rstrip"], place + ".rstrip", default: false),
          isSpecial: try flag(fields["special"], place + ".special", default: false)))
    }
    return tokens
  }

  /// What the special tokens are called: a tokenizer.json does not say what they are for.
  private func guess(_ added: [AddedToken], _ postProcessor: PostProcessor) -> SpecialTokens {
    func spelling(_ candidates: [String]) -> String {
      candidates.first { candidate in
        added.contains { $0.content.elementsEqual(candidate.utf8) }
      } ?? candidates[0]
    }
    func spelling(_ id: Int32?, _ candidates: [String]) -> String {
      guard let id, let token = added.first(where: { $0.id == id }) else {
        return spelling(candidates)
      }
      return String(decoding: token.content, as: UTF8.self)
    }
    var prefix: [Int32] = []
    var suffix: [Int32] = []
    if case .template(let template) = postProcessor {
      (prefix, suffix) = (template.prefix, template.suffix)
    }
    return SpecialTokens(
      padding: spelling(["[PAD]", "<pad>", "<|pad|>", "<|padding|>"]),
      unknown: spelling(["[UNK]", "<unk>", "<|unk|>"]),
      start: spelling(prefix.first, ["[CLS]", "<s>"]),
      end: spelling(suffix.last, ["[SEP]", "</s>"]),
      mask: spelling(["[MASK]", "<mask>", "<|mask|>"]))
  }
}
