import MLMText

/// What a tokenizer consists of, and its tokens on a sample.
struct TokenizerReport {
  private let tokenizer: Tokenizer
  private let summary: TokenizerSummary
  private let path: String
  private let size: Int
  private let fertility: Fertility
  private let sample: String?

  /// Collects the figures of a tokenizer whose file has `size` bytes; `sample` is nil for the sentences
  /// that the program has.
  init(_ tokenizer: Tokenizer, path: String, size: Int, fertility: Fertility, sample: String?) {
    self.tokenizer = tokenizer
    self.path = path
    self.size = size
    self.fertility = fertility
    self.sample = sample
    summary = TokenizerSummary(tokenizer)
  }

  private var parts: [(key: String, title: String, components: [TokenizerSummary.Component])] {
    [
      ("normalizer", "normalizer", summary.normalizer),
      ("pre_tokenizer", "pre-tokenizer", summary.preTokenizer),
      ("model", "model", [summary.model]),
      ("post_processor", "post-processor", summary.postProcessor),
      ("decoder", "decoder", summary.decoder),
    ]
  }

  private var specials: [(role: String, token: String, id: Int32)] {
    let spellings = tokenizer.specialTokens
    return [
      ("padding", spellings.padding, tokenizer.paddingID),
      ("unknown", spellings.unknown, tokenizer.unknownID),
      ("start", spellings.start, tokenizer.startID), ("end", spellings.end, tokenizer.endID),
      ("mask", spellings.mask, tokenizer.maskID),
    ].filter { $0.2 >= 0 }
  }

  // As text.

  /// More added tokens than this are counted only.
  private static let mostTokens = 20

  var text: String {
    var facts = [("file", path), ("size", Numbers.bytes(size))]
    for part in parts {
      let lines = part.components.map(Self.line)
      if lines.isEmpty { facts.append((part.title, "none")) }
      for (index, line) in lines.enumerated() { facts.append((index == 0 ? part.title : "", line)) }
    }
    facts.append(("vocabulary", Numbers.grouped(summary.vocabularySize)))
    facts.append(("merges", Numbers.grouped(summary.mergeCount)))
    facts.append(("added tokens", Numbers.grouped(summary.addedTokens.count)))
    facts.append(("truncation", truncation))
    facts.append(("padding", padding))
    for (index, special) in specials.enumerated() {
      facts.append(
        (index == 0 ? "special tokens" : "", "\(special.role) \(special.token) \(special.id)"))
    }
    let width = facts.map(\.0.count).max() ?? 0
    let lines = facts.map { title, value in
      title + String(repeating: " ", count: width + 2 - title.count)
        + VisibleText.of(value, spaces: false)
        + "\n"
    }
    return lines.joined() + "\n" + addedTokens + fertilityTable
  }

  private static func line(_ component: TokenizerSummary.Component) -> String {
    guard !component.settings.isEmpty else { return component.type }
    let settings = component.settings.map { "\($0.name) \(text($0.value))" }
    return component.type + " (" + settings.joined(separator: ", ") + ")"
  }

  private static func text(_ value: TokenizerSummary.Value) -> String {
    switch value {
    case .flag(let flag): flag ? "yes" : "no"
    case .number(let number): "\(number)"
    case .fraction(let fraction): "\(fraction)"
    case .text(let text): "\"\(text)\""
    case .data(let count): Numbers.bytes(count)
    case .none: "none"
    }
  }

  private var truncation: String {
    guard let truncation = tokenizer.truncation else { return "none" }
    return "\(truncation.maximumLength) tokens, \(truncation.strategy.rawValue), stride "
      + "\(truncation.stride), cut on the \(truncation.side.rawValue.lowercased())"
  }

  private var padding: String {
    guard let padding = tokenizer.padding else { return "none" }
    let length = padding.length.map { "\($0) tokens" } ?? "the longest of a batch"
    let multiple = padding.multiple.map { ", a multiple of \($0)" } ?? ""
    return "\(length)\(multiple), \(padding.token) \(padding.id) on the "
      + padding.side.rawValue.lowercased()
  }

  private var addedTokens: String {
    guard !summary.addedTokens.isEmpty else { return "" }
    var table = Table(["id", "added token", ""], leftColumns: [1, 2])
    for token in summary.addedTokens.prefix(Self.mostTokens) {
      let flags = [
        (token.isSpecial, "special"), (token.isSingleWord, "single word"),
        (token.takesSpaceBefore, "takes space before"),
        (token.takesSpaceAfter, "takes space after"),
        (token.isNormalized, "normalized"),
      ].filter(\.0).map(\.1)
      table.add(["\(token.id)", VisibleText.of(token.content), flags.joined(separator: ", ")])
    }
    let more = summary.addedTokens.count - Self.mostTokens
    return table.text + (more > 0 ? "and \(Numbers.grouped(more)) more\n" : "") + "\n"
  }

  private var fertilityTable: String {
    var table = Table([
      "script", "words", "tokens", "tokens/word", "bytes/token", "unknown", "byte fallback",
    ])
    for row in fertility.rows + [fertility.total] {
      table.add([
        row.script, Numbers.grouped(row.words), Numbers.grouped(row.tokens),
        Numbers.fixed(row.tokensPerWord, 2), Numbers.fixed(row.bytesPerToken, 2),
        Numbers.percent(row.unknownShare), Numbers.percent(row.fallbackShare),
      ])
    }
    return "on \(sample ?? "sentences of the program's own"):\n" + table.text
  }

  // As JSON.

  var json: JSON {
    .object(
      [("file", .string(path)), ("bytes", .integer(size))]
        + parts.map { part in
          let components = part.components.map(Self.json)
          return (part.key, part.key == "model" ? components[0] : .array(components))
        } + [
          ("vocabulary", .integer(summary.vocabularySize)),
          ("merges", .integer(summary.mergeCount)),
          ("added_tokens", .array(summary.addedTokens.map(Self.json))),
          (
            "special_tokens",
            .object(
              specials.map {
                ($0.role, .object([("token", .string($0.token)), ("id", .integer(Int($0.id)))]))
              })
          ), ("truncation", truncationJSON), ("padding", paddingJSON),
          (
            "fertility",
            .object([
              ("sample", JSON(sample)), ("scripts", .array(fertility.rows.map(Self.json))),
              ("all", Self.json(fertility.total)),
            ])
          ),
        ])
  }

  private static func json(_ component: TokenizerSummary.Component) -> JSON {
    .object(
      [("type", .string(component.type))]
        + component.settings.map { setting in
          switch setting.value {
          case .flag(let flag): (setting.name, .bool(flag))
          case .number(let number): (setting.name, .integer(number))
          case .fraction(let fraction): (setting.name, .double(fraction))
          case .text(let text): (setting.name, .string(text))
          case .data(let count): (setting.name, .object([("bytes", .integer(count))]))
          case .none: (setting.name, .null)
          }
        })
  }

  private static func json(_ token: TokenizerSummary.AddedToken) -> JSON {
    .object([
      ("id", .integer(Int(token.id))), ("content", .string(token.content)),
      ("special", .bool(token.isSpecial)), ("single_word", .bool(token.isSingleWord)),
      ("lstrip", .bool(token.takesSpaceBefore)), ("rstrip", .bool(token.takesSpaceAfter)),
      ("normalized", .bool(token.isNormalized)),
    ])
  }

  private var truncationJSON: JSON {
    guard let truncation = tokenizer.truncation else { return .null }
    return .object([
      ("max_length", .integer(truncation.maximumLength)),
      ("strategy", .string(truncation.strategy.rawValue)),
      ("stride", .integer(truncation.stride)), ("direction", .string(truncation.side.rawValue)),
    ])
  }

  private var paddingJSON: JSON {
    guard let padding = tokenizer.padding else { return .null }
    return .object([
      ("length", padding.length.map(JSON.integer) ?? .null),
      ("multiple", padding.multiple.map(JSON.integer) ?? .null),
      ("direction", .string(padding.side.rawValue)), ("id", .integer(Int(padding.id))),
      ("type_id", .integer(Int(padding.typeID))), ("token", .string(padding.token)),
    ])
  }

  private static func json(_ row: Fertility.Row) -> JSON {
    .object([
      ("script", .string(row.script)), ("words", .integer(row.words)),
      ("bytes", .integer(row.bytes)), ("tokens", .integer(row.tokens)),
      ("tokens_per_word", .double(row.tokensPerWord)),
      ("bytes_per_token", .double(row.bytesPerToken)),
      ("unknown", .double(row.unknownShare)), ("byte_fallback", .double(row.fallbackShare)),
    ])
  }
}
