/// What each component is called in a tokenizer.json, and its settings.

extension NormalizerStep {
  var summary: TokenizerSummary.Component {
    switch self {
    case .form(let form): .init(form.rawValue.uppercased())
    case .lowercase: .init("Lowercase")
    case .stripAccents: .init("StripAccents")
    case .bert(let bert):
      .init(
        "BertNormalizer",
        [
          "clean_text": .flag(bert.cleansText),
          "handle_chinese_chars": .flag(bert.spacesIdeographs),
          "strip_accents": .flag(bert.stripsAccents ?? bert.lowercases),
          "lowercase": .flag(bert.lowercases),
        ])
    case .strip(let left, let right):
      .init("Strip", ["strip_left": .flag(left), "strip_right": .flag(right)])
    case .nmt: .init("Nmt")
    case .precompiled(let map):
      .init("Precompiled", ["precompiled_charsmap": .data(map.encoded.count)])
    case .replace(let pattern, let content):
      .init("Replace", ["pattern": pattern.summary, "content": .init(content)])
    case .prepend(let prefix): .init("Prepend", ["prepend": .init(prefix)])
    case .byteLevel: .init("ByteLevel")
    }
  }
}

extension TextPattern {
  var summary: TokenizerSummary.Value {
    switch self {
    case .string(let string): .init(string)
    case .expression(let expression): .init(expression.source)
    }
  }
}

extension PreTokenizerStep {
  var summary: TokenizerSummary.Component {
    switch self {
    case .bert: .init("BertPreTokenizer")
    case .byteLevel(let settings):
      .init(
        "ByteLevel",
        [
          "add_prefix_space": .flag(settings.addsPrefixSpace),
          "use_regex": .flag(settings.splitsWords),
        ])
    case .delimiter(let scalar):
      .init(
        "CharDelimiterSplit",
        ["delimiter": .text(Unicode.Scalar(scalar).map { String($0) } ?? "")])
    case .digits(let individually):
      .init("Digits", ["individual_digits": .flag(individually)])
    case .fixedLength(let length): .init("FixedLength", ["length": .number(length)])
    case .metaspace(let metaspace): metaspace.summary
    case .punctuation(let behavior):
      .init("Punctuation", ["behavior": .text(behavior.rawValue)])
    case .split(let pattern, let behavior, let isInverted):
      .init(
        "Split",
        [
          "pattern": pattern.summary, "behavior": .text(behavior.rawValue),
          "invert": .flag(isInverted),
        ])
    case .unicodeScripts: .init("UnicodeScripts")
    case .whitespace: .init("Whitespace")
    case .whitespaceSplit: .init("WhitespaceSplit")
    }
  }
}

extension Metaspace {
  var summary: TokenizerSummary.Component {
    .init(
      "Metaspace",
      [
        "replacement": .init(replacement), "prepend_scheme": .text(prepending.rawValue),
        "split": .flag(splits),
      ])
  }
}

extension TokenModel {
  var summary: TokenizerSummary.Component {
    switch self {
    case .bytePairs(let model):
      return .init(
        "BPE", ["alphabet": .text("bytes"), "ignore_merges": .flag(model.ignoresMerges)])
    case .characterPairs(let model):
      let settings = model.settings
      func text(_ bytes: [UInt8]?) -> TokenizerSummary.Value { bytes.map { .init($0) } ?? .none }
      return .init(
        "BPE",
        [
          "dropout": settings.dropout.map { .fraction($0) } ?? .none,
          "unk_token": text(settings.unknown),
          "continuing_subword_prefix": text(settings.prefix),
          "end_of_word_suffix": text(settings.suffix), "fuse_unk": .flag(settings.fusesUnknown),
          "byte_fallback": .flag(settings.fallsBackToBytes),
          "ignore_merges": .flag(settings.ignoresMerges),
        ])
    case .wordPiece(let model):
      return .init(
        typeName,
        [
          "unk_token": .init(model.unknown), "continuing_subword_prefix": .init(model.prefix),
          "max_input_chars_per_word": .number(model.longestWord),
        ])
    case .unigram(let model):
      return .init(
        typeName,
        [
          "unk_id": model.unknownID < 0 ? .none : .number(Int(model.unknownID)),
          "byte_fallback": .flag(model.fallsBackToBytes),
        ])
    case .wordLevel(let model): return .init(typeName, ["unk_token": .init(model.unknown)])
    }
  }

  var mergeCount: Int {
    switch self {
    case .bytePairs(let model): model.merges.count
    case .characterPairs(let model): model.merges.count
    case .wordPiece, .unigram, .wordLevel: 0
    }
  }

  /// The token for what the vocabulary does not spell, if there is one.
  var unknownID: Int32? {
    switch self {
    case .bytePairs: nil
    case .characterPairs(let model): model.unknownID
    case .wordPiece(let model): model.unknownID
    case .unigram(let model): model.unknownID < 0 ? nil : model.unknownID
    case .wordLevel(let model): model.unknownID
    }
  }

  /// The tokens of single bytes, for what the vocabulary does not spell; -1 and empty for none.
  var fallbackIDs: [Int32] {
    switch self {
    case .characterPairs(let model) where model.settings.fallsBackToBytes: model.byteIDs
    case .unigram(let model) where model.fallsBackToBytes: model.byteIDs
    default: []
    }
  }
}

extension PostProcessor {
  var summary: TokenizerSummary.Component? {
    switch self {
    case .none, .sequence: nil
    case .byteLevel(let settings):
      .init("ByteLevel", ["trim_offsets": .flag(settings.trimsOffsets)])
    case .template(let template):
      .init(
        "TemplateProcessing",
        [
          "single": .text(Self.spelling(template.single)),
          "pair": .text(Self.spelling(template.pair)),
        ])
    case .bert(let start, let end):
      .init("BertProcessing", ["cls": .init(start.token), "sep": .init(end.token)])
    case .roberta(let start, let end, let trimming):
      .init(
        "RobertaProcessing",
        [
          "cls": .init(start.token), "sep": .init(end.token),
          "trim_offsets": .flag(trimming.trimsOffsets),
          "add_prefix_space": .flag(trimming.addsPrefixSpace),
        ])
    }
  }

  /// A template as its library's examples write it: `[CLS] $A [SEP] $B:1 [SEP]:1`.
  private static func spelling(_ pieces: [Template.Piece]) -> String {
    pieces.map { piece in
      let (text, typeID) =
        switch piece {
        case .special(let name, let typeID): (String(decoding: name, as: UTF8.self), typeID)
        case .sequence(let isSecond, let typeID): (isSecond ? "$B" : "$A", typeID)
        }
      return typeID == 0 ? text : "\(text):\(typeID)"
    }.joined(separator: " ")
  }
}

extension Decoder {
  /// The single steps.
  var summaries: [TokenizerSummary.Component] {
    if case .sequence(let steps) = self { return steps.flatMap(\.summaries) }
    return [summary]
  }

  private var summary: TokenizerSummary.Component {
    switch self {
    case .byteLevel: .init("ByteLevel")
    case .wordPiece(let prefix, let cleansUp):
      .init("WordPiece", ["prefix": .init(prefix), "cleanup": .flag(cleansUp)])
    case .metaspace(let metaspace): metaspace.summary
    case .bytePairs(let suffix): .init("BPEDecoder", ["suffix": .init(suffix)])
    case .byteFallback: .init("ByteFallback")
    case .fuse: .init("Fuse")
    case .replace(let pattern, let content):
      .init("Replace", ["pattern": pattern.summary, "content": .init(content)])
    case .strip(let character, let start, let end):
      .init(
        "Strip",
        ["content": .init(character), "start": .number(start), "stop": .number(end)])
    case .ctc(let padding, let delimiter, let cleansUp):
      .init(
        "CTC",
        [
          "pad_token": .init(padding), "word_delimiter_token": .init(delimiter),
          "cleanup": .flag(cleansUp),
        ])
    case .sequence: .init("Sequence")
    }
  }
}
