import MLMText

/// Small tokenizer.json documents with every component, put together at random.
///
/// They are well formed, though not every combination is one that a tokenizer may have.
enum SampleTokenizer {
  private static let words = [
    "the", "river", "garden", "winter", "letter", "window", "market", "é", "straße", "мир", "日本",
    "語", "한국", "नम", "ﬁ", "1", "12", "123", "!", "...", "'s", "'ll", "😀",
  ]
  private static let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

  /// A document.
  static func document(_ random: inout SeededGenerator) -> JSONValue {
    let kind = random.below(6)
    var vocabulary: [String] = specials
    let model: JSONValue
    var preTokenizer = component(&random, depth: 0, preTokenizer)
    switch kind {
    case 0, 1:
      model = byteLevel(&random, &vocabulary)
      if !random.oneIn(5) { preTokenizer = byteLevelPreTokenizer(&random) }
    case 2: model = characterPairs(&random, &vocabulary)
    case 3: model = wordPiece(&random, &vocabulary)
    case 4: model = unigram(&random, &vocabulary)
    default: model = wordLevel(&random, &vocabulary)
    }
    return .object([
      ("version", .string("1.0")),
      ("truncation", random.oneIn(4) ? truncation(&random) : .null),
      ("padding", random.oneIn(4) ? padding(&random) : .null),
      ("added_tokens", addedTokens(&random, vocabulary.count)),
      ("normalizer", component(&random, depth: 0, normalizer)),
      ("pre_tokenizer", preTokenizer),
      ("post_processor", random.oneIn(3) ? .null : postProcessor(&random, depth: 0)),
      ("decoder", component(&random, depth: 0, decoder)),
      ("model", model),
    ])
  }

  /// A byte-level tokenizer that changes nothing but cuts, or with a normalizer.
  static func byteLevelDocument(
    _ random: inout SeededGenerator, normalizer: JSONValue
  ) -> JSONValue {
    var vocabulary = specials
    let model = byteLevel(&random, &vocabulary)
    return .object([
      ("added_tokens", .array([])), ("normalizer", normalizer),
      ("pre_tokenizer", byteLevelPreTokenizer(&random)), ("post_processor", .null),
      ("decoder", .component("ByteLevel")), ("model", model),
    ])
  }

  // Models.

  private static func entries(_ vocabulary: [String]) -> JSONValue {
    .object(vocabulary.enumerated().map { ($1, .number($0)) })
  }

  /// Adds the merges that spell `words` from the left; `spelling` is how a word is written.
  private static func merges(
    _ words: [[String]], _ vocabulary: inout [String], prefix: String = ""
  ) -> JSONValue {
    var known = Set(vocabulary)
    var merges: [JSONValue] = []
    for word in words {
      for symbol in word where known.insert(symbol).inserted { vocabulary.append(symbol) }
      var left = word.first ?? ""
      for right in word.dropFirst() {
        let result = left + right.dropFirst(right.hasPrefix(prefix) ? prefix.count : 0)
        if known.insert(result).inserted {
          vocabulary.append(result)
          merges.append(.array([.string(left), .string(right)]))
        }
        left = result
      }
    }
    return .array(merges)
  }

  private static func byteLevel(
    _ random: inout SeededGenerator, _ vocabulary: inout [String]
  ) -> JSONValue {
    func symbol(_ byte: UInt8) -> String {
      String(decoding: ByteLevelAlphabet.string(of: [byte]), as: UTF8.self)
    }
    vocabulary += ByteLevelAlphabet.bytesInOrder.map(symbol)
    let chosen = words.filter { _ in random.oneIn(2) }
    let merges = merges(
      chosen.flatMap { [$0, " " + $0] }.map { $0.utf8.map(symbol) }, &vocabulary)
    return .component(
      "BPE",
      [
        ("dropout", .null), ("unk_token", .null),
        ("continuing_subword_prefix", random.oneIn(6) ? .string("") : .null),
        ("ignore_merges", .bool(random.oneIn(4))), ("vocab", entries(vocabulary)),
        ("merges", merges),
      ])
  }

  private static func characterPairs(
    _ random: inout SeededGenerator, _ vocabulary: inout [String]
  ) -> JSONValue {
    let prefix = random.oneIn(4) ? "##" : ""
    let suffix = random.oneIn(4) ? "</w>" : ""
    if random.oneIn(2) {
      vocabulary += (0..<256).map { "<0x\(hexadecimal($0))>" }
    }
    let spelled = words.filter { _ in random.oneIn(2) }.map { word in
      word.unicodeScalars.enumerated().map { index, scalar in
        (index > 0 ? prefix : "") + String(scalar)
          + (index == word.unicodeScalars.count - 1 ? suffix : "")
      }
    }
    let merges = merges(spelled + [["▁"], ["Ġ"]], &vocabulary, prefix: prefix)
    return .component(
      "BPE",
      [
        ("dropout", random.oneIn(6) ? .verbatim("0.\(random.below(10))") : .null),
        ("unk_token", random.oneIn(3) ? .null : .string("[UNK]")),
        ("continuing_subword_prefix", prefix.isEmpty ? .null : .string(prefix)),
        ("end_of_word_suffix", suffix.isEmpty ? .null : .string(suffix)),
        ("fuse_unk", .bool(random.oneIn(2))), ("byte_fallback", .bool(random.oneIn(2))),
        ("ignore_merges", .bool(random.oneIn(4))), ("vocab", entries(vocabulary)),
        ("merges", merges),
      ])
  }

  private static func wordPiece(
    _ random: inout SeededGenerator, _ vocabulary: inout [String]
  ) -> JSONValue {
    vocabulary += words + words.map { "##" + $0 } + ["a", "##a", "##e", "r", "##r"]
    return .component(
      "WordPiece",
      [
        ("unk_token", .string("[UNK]")), ("continuing_subword_prefix", .string("##")),
        ("max_input_chars_per_word", .number(random.pick([0, 5, 100]))),
        ("vocab", entries(vocabulary)),
      ])
  }

  private static func wordLevel(
    _ random: inout SeededGenerator, _ vocabulary: inout [String]
  ) -> JSONValue {
    vocabulary += words.filter { _ in random.oneIn(2) }
    return .component(
      "WordLevel", [("vocab", entries(vocabulary)), ("unk_token", .string("[UNK]"))])
  }

  private static func unigram(
    _ random: inout SeededGenerator, _ vocabulary: inout [String]
  ) -> JSONValue {
    if random.oneIn(2) { vocabulary += (0..<256).map { "<0x\(hexadecimal($0))>" } }
    vocabulary += words + words.map { "▁" + $0 } + ["▁", "e", "r", "ri", "ver"]
    let entries = vocabulary.map { token in
      JSONValue.array([.string(token), .verbatim("-\(random.below(20)).\(random.below(100))")])
    }
    return .component(
      "Unigram",
      [
        ("unk_id", .number(1)), ("vocab", .array(entries)),
        ("byte_fallback", .bool(random.oneIn(2))),
      ])
  }

  private static func hexadecimal(_ byte: Int) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  // Components.

  private static func component(
    _ random: inout SeededGenerator, depth: Int,
    _ make: (inout SeededGenerator, Int) -> JSONValue
  ) -> JSONValue {
    random.oneIn(3) ? .null : make(&random, depth)
  }

  private static func sequence(
    _ random: inout SeededGenerator, _ name: String, _ depth: Int,
    _ make: (inout SeededGenerator, Int) -> JSONValue
  ) -> JSONValue {
    let parts = (0..<random.below(5)).map { _ in make(&random, depth + 1) }
    return .component("Sequence", [(name, .array(parts))])
  }

  private static func pattern(_ random: inout SeededGenerator) -> JSONValue {
    if random.oneIn(3) {
      return .object([("String", .string(random.pick([" ", "e", "", "▁", "ver"])))])
    }
    return .object([("Regex", .string(random.pick(expressions)))])
  }

  private static let expressions = [
    #"\s+"#, " {2,}", #"\p{L}+|\p{N}+"#, #"[^\s]+"#, "(a|aa)+$", "(.*)*x", #"\w+|[^\w\s]+"#, "",
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
      + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#,
    #"(?=(\w+))\1"#, #"(?<=e)r"#, #"\bri"#, #"(?:(?:(?:e+)+)+)+!"#, #"[\p{Han}]|."#,
  ]

  private static func normalizer(_ random: inout SeededGenerator, _ depth: Int) -> JSONValue {
    switch random.below(depth < 3 ? 16 : 14) {
    case 0: .component("NFC")
    case 1: .component("NFD")
    case 2: .component("NFKC")
    case 3: .component("NFKD")
    case 4: .component("Lowercase")
    case 5: .component("StripAccents")
    case 6:
      .component(
        "BertNormalizer",
        [
          ("clean_text", .bool(random.oneIn(2))), ("handle_chinese_chars", .bool(random.oneIn(2))),
          ("strip_accents", random.oneIn(2) ? .null : .bool(random.oneIn(2))),
          ("lowercase", .bool(random.oneIn(2))),
        ])
    case 7:
      .component(
        "Strip",
        [("strip_left", .bool(random.oneIn(2))), ("strip_right", .bool(random.oneIn(2)))])
    case 8: .component("Nmt")
    case 9:
      .component(
        "Replace",
        [
          ("pattern", pattern(&random)),
          ("content", .string(random.pick(["", "▁", "x", "longer text"]))),
        ])
    case 10: .component("Prepend", [("prepend", .string(random.pick(["▁", "ab", ""])))])
    case 11: .component("ByteLevel")
    case 12, 13:
      .component("Precompiled", [("precompiled_charsmap", .string(precompiled))])
    default: sequence(&random, "normalizers", depth, normalizer)
    }
  }

  private static let precompiled = PrecompiledSample.base64([
    ("ﬁ", "fi"), ("Ａ", "A"), ("e\u{301}", "é"), ("\t", " "), ("\u{200B}", ""), ("A", "a"),
  ])

  private static func byteLevelPreTokenizer(_ random: inout SeededGenerator) -> JSONValue {
    let prefix = ("add_prefix_space", JSONValue.bool(random.oneIn(2)))
    guard random.oneIn(3) else {
      return .component(
        "ByteLevel",
        [prefix, ("trim_offsets", .bool(random.oneIn(2))), ("use_regex", .bool(!random.oneIn(4)))])
    }
    let split = JSONValue.component(
      "Split",
      [
        ("pattern", .object([("Regex", .string(random.pick(expressions)))])),
        ("behavior", .string("Isolated")), ("invert", .bool(false)),
      ])
    let bytes = JSONValue.component(
      "ByteLevel",
      [
        ("add_prefix_space", .bool(false)), ("trim_offsets", .bool(true)),
        ("use_regex", .bool(false)),
      ])
    return .component("Sequence", [("pretokenizers", .array([split, bytes]))])
  }

  private static let behaviors = [
    "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous",
  ]

  private static func preTokenizer(_ random: inout SeededGenerator, _ depth: Int) -> JSONValue {
    switch random.below(depth < 3 ? 14 : 12) {
    case 0: .component("BertPreTokenizer")
    case 1:
      .component(
        "ByteLevel",
        [
          ("add_prefix_space", .bool(random.oneIn(2))), ("trim_offsets", .bool(random.oneIn(2))),
          ("use_regex", .bool(random.oneIn(2))),
        ])
    case 2: .component("Whitespace")
    case 3: .component("WhitespaceSplit")
    case 4: .component("Punctuation", [("behavior", .string(random.pick(behaviors)))])
    case 5: .component("Digits", [("individual_digits", .bool(random.oneIn(2)))])
    case 6, 7:
      metaspace(&random)
    case 8:
      .component("CharDelimiterSplit", [("delimiter", .string(random.pick(["e", " ", "é"])))])
    case 9:
      .component(
        "Split",
        [
          ("pattern", pattern(&random)), ("behavior", .string(random.pick(behaviors))),
          ("invert", .bool(random.oneIn(3))),
        ])
    case 10: .component("UnicodeScripts")
    case 11: .component("FixedLength", [("length", .number(random.pick([1, 5, 1000])))])
    default: sequence(&random, "pretokenizers", depth, preTokenizer)
    }
  }

  private static func metaspace(_ random: inout SeededGenerator) -> JSONValue {
    .component(
      "Metaspace",
      [
        ("replacement", .string("▁")),
        ("prepend_scheme", .string(random.pick(["always", "never", "first"]))),
        ("split", .bool(random.oneIn(2))),
      ])
  }

  private static func postProcessor(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
    let (start, end) = ("[CLS]", "[SEP]")
    func pair(_ token: String, _ id: Int) -> JSONValue { .array([.string(token), .number(id)]) }
    switch random.below(depth < 3 ? 6 : 5) {
    case 0: return .component("BertProcessing", [("sep", pair(end, 3)), ("cls", pair(start, 2))])
    case 1:
      return .component(
        "RobertaProcessing",
        [
          ("sep", pair(end, 3)), ("cls", pair(start, 2)), ("trim_offsets", .bool(random.oneIn(2))),
          ("add_prefix_space", .bool(random.oneIn(2))),
        ])
    case 2:
      return .component(
        "ByteLevel",
        [("add_prefix_space", .bool(random.oneIn(2))), ("trim_offsets", .bool(random.oneIn(2)))])
    case 3, 4: return template(&random)
    default:
      return sequence(&random, "processors", depth) { postProcessor(&$0, depth: $1) }
    }
  }

  private static func template(_ random: inout SeededGenerator) -> JSONValue {
    func special(_ name: String) -> JSONValue {
      .object([("SpecialToken", .object([("id", .string(name)), ("type_id", .number(0))]))])
    }
    func text(_ name: String, _ type: Int) -> JSONValue {
      .object([("Sequence", .object([("id", .string(name)), ("type_id", .number(type))]))])
    }
    func definition(_ name: String, _ ids: [Int]) -> (String, JSONValue) {
      (
        name,
        .object([
          ("id", .string(name)), ("ids", .array(ids.map { .number($0) })),
          ("tokens", .array(ids.map { _ in .string(name) })),
        ])
      )
    }
    let many = random.oneIn(10) ? 2000 : 1 + random.below(3)
    let (start, end) = (special("[CLS]"), special("[SEP]"))
    return .component(
      "TemplateProcessing",
      [
        ("single", .array(Array(repeating: start, count: many) + [text("A", 0), end])),
        ("pair", .array([start, text("A", 0), end, text("B", 1), end])),
        (
          "special_tokens",
          .object([definition("[CLS]", [2]), definition("[SEP]", random.oneIn(4) ? [3, 3] : [3])])
        ),
      ])
  }

  private static func decoder(_ random: inout SeededGenerator, _ depth: Int) -> JSONValue {
    switch random.below(depth < 3 ? 11 : 9) {
    case 0: .component("ByteLevel")
    case 1:
      .component("WordPiece", [("prefix", .string("##")), ("cleanup", .bool(random.oneIn(2)))])
    case 2: metaspace(&random)
    case 3: .component("BPEDecoder", [("suffix", .string("</w>"))])
    case 4: .component("ByteFallback")
    case 5: .component("Fuse")
    case 6:
      .component(
        "Replace", [("pattern", pattern(&random)), ("content", .string(random.pick([" ", ""])))])
    case 7:
      .component(
        "Strip",
        [
          ("content", .string(random.pick([" ", "é"]))), ("start", .number(random.below(3))),
          ("stop", .number(random.below(3))),
        ])
    case 8:
      .component(
        "CTC",
        [
          ("pad_token", .string("[PAD]")), ("word_delimiter_token", .string("|")),
          ("cleanup", .bool(random.oneIn(2))),
        ])
    default: sequence(&random, "decoders", depth, decoder)
    }
  }

  private static func addedTokens(_ random: inout SeededGenerator, _ next: Int) -> JSONValue {
    func token(_ id: Int, _ content: String, special: Bool) -> JSONValue {
      .object([
        ("id", .number(id)), ("content", .string(content)),
        ("single_word", .bool(random.oneIn(4))), ("lstrip", .bool(random.oneIn(4))),
        ("rstrip", .bool(random.oneIn(4))), ("normalized", .bool(random.oneIn(3))),
        ("special", .bool(special)),
      ])
    }
    var tokens = specials.enumerated().map { token($0, $1, special: true) }
    let more = ["<s>", "can't", "é", "river bank", "A"].filter { _ in random.oneIn(4) }
    for (index, content) in more.enumerated() {
      tokens.append(token(next + index, content, special: false))
    }
    return .array(random.oneIn(6) ? [] : tokens)
  }

  private static func truncation(_ random: inout SeededGenerator) -> JSONValue {
    .object([
      ("direction", .string(random.pick(["Left", "Right"]))),
      ("max_length", .number(random.pick([0, 3, 8, 128]))),
      ("strategy", .string(random.pick(["LongestFirst", "OnlyFirst", "OnlySecond"]))),
      ("stride", .number(random.pick([0, 0, 1, 2]))),
    ])
  }

  private static func padding(_ random: inout SeededGenerator) -> JSONValue {
    .object([
      (
        "strategy",
        random.oneIn(2) ? .string("BatchLongest") : .object([("Fixed", .number(random.below(40)))])
      ),
      ("direction", .string(random.pick(["Left", "Right"]))),
      ("pad_to_multiple_of", random.oneIn(2) ? .null : .number(random.below(9))),
      ("pad_id", .number(0)), ("pad_type_id", .number(0)), ("pad_token", .string("[PAD]")),
    ])
  }
}
