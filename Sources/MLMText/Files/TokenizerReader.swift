/// Makes a tokenizer of a tokenizer.json.
///
/// Whatever the document asks for is done or refused with the place and the name of what is not
/// supported; nothing is passed over.
struct TokenizerReader {
  let document: JSONDocument
  let name: String
  /// The document as it was.
  private let source: [UInt8]

  /// Reads the syntax of the document.
  init(_ json: [UInt8], name: String) throws(TokenizerError) {
    document = try JSONDocument(json, name: name)
    self.name = name
    source = json
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
    let added = try fields["added_tokens"].map { node throws(TokenizerError) in
      try addedTokens(node)
    }
    guard let modelNode = fields["model"] else { throw missing("model", in: "") }
    let normalizer = Normalizer(steps: try steps(fields["normalizer"], "normalizer"))
    let preTokenizer = try preTokenizer(fields["pre_tokenizer"])
    try requireModestGrowth(normalizer)
    try requireModestGrowth(preTokenizer)
    let model = try model(
      modelNode, addedTokens: added ?? [], isByteLevel: preTokenizer.endsInBytes)
    let decoder = try decoder(fields["decoder"], "decoder")
    let postProcessor = try postProcessor(
      fields["post_processor"], "post_processor", model.vocabulary)
    let truncation = try truncation(fields["truncation"])
    let padding = try padding(fields["padding"])
    return try Tokenizer(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model,
      postProcessor: postProcessor, decoder: decoder, addedTokens: added ?? [],
      specialTokens: specialTokens ?? guess(added ?? [], postProcessor),
      requiresSpecialTokens: specialTokens != nil, truncation: truncation, padding: padding,
      source: source, name: name)
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
      tokens.append(
        AddedToken(
          id: Int32(try integer(idNode, place + ".id", in: 0..<Int(Int32.max))),
          content: content,
          takesSpaceBefore: try flag(fields["lstrip"], place + ".lstrip", default: false),
          takesSpaceAfter: try flag(fields["rstrip"], place + ".rstrip", default: false),
          isSpecial: try flag(fields["special"], place + ".special", default: false),
          isSingleWord: try flag(fields["single_word"], place + ".single_word", default: false),
          isNormalized: try flag(fields["normalized"], place + ".normalized", default: true)))
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
    let (prefix, suffix) = (postProcessor.prefix, postProcessor.suffix)
    return SpecialTokens(
      padding: spelling(["[PAD]", "<pad>", "<|pad|>", "<|padding|>"]),
      unknown: spelling(["[UNK]", "<unk>", "<|unk|>"]),
      start: spelling(prefix.first, ["[CLS]", "<s>"]),
      end: spelling(suffix.last, ["[SEP]", "</s>"]),
      mask: spelling(["[MASK]", "<mask>", "<|mask|>"]))
  }
}
