/// The README.md of a model directory: what the model is, what it was made from and how, and what is
/// not to be expected of it.
///
/// Hugging Face's form: a head of YAML that machines read, then Markdown. The same values give the
/// same bytes; there is no date in it.
public struct ModelCard: Hashable, Sendable {
  /// What the model does.
  public enum Kind: Hashable, Sendable {
    /// Fills masked tokens.
    case maskedLanguageModel
    /// Continues a text.
    case causalLanguageModel
    /// Tells the class, the classes or the number of a text.
    case classifier
    /// Turns a text into rows of numbers.
    case encoder

    /// The task's name in Hugging Face's catalogue.
    public var pipelineTag: String {
      switch self {
      case .maskedLanguageModel: "fill-mask"
      case .causalLanguageModel: "text-generation"
      case .classifier: "text-classification"
      case .encoder: "feature-extraction"
      }
    }
  }

  /// A name and a value, one row of a table.
  public struct Fact: Hashable, Sendable {
    /// What is told.
    public var name: String
    /// What it is.
    public var value: String

    /// Creates a row.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The model's name.
  public var name: String
  /// What the model does.
  public var kind: Kind
  /// The language of its text as an ISO 639 code, where it is known.
  public var language: String?
  /// Words to find it by.
  public var tags: [String] = []
  /// The library that opens it.
  public var libraryName = "transformers"
  /// The name of the model whose weights it started from.
  public var baseModel: String?
  /// The card of the model that it is another layout of.
  public var source: SourceCard?
  /// The token that hides another.
  public var maskToken: String?
  /// What the model is, in sentences.
  public var summary: String
  /// Its shape.
  public var shape: [Fact] = []
  /// What it learned from: files, bytes, documents, tokens.
  public var data: [Fact] = []
  /// The command line that made it.
  public var command: String?
  /// Seed, versions and whatever else makes it again.
  public var origin: [Fact] = []
  /// How good it is, and on what.
  public var figures: [Fact] = []
  /// What is not to be expected of it.
  public var limits: [String] = []

  /// Creates a card of what every model has; the rest is set on it.
  public init(name: String, kind: Kind, summary: String) {
    self.name = name
    self.kind = kind
    self.summary = summary
  }

  /// The card as Markdown with a YAML head.
  public var text: String {
    var text = head + "\n# \(Markdown.escaped(name))\n\n\(summary)\n"
    text += section("Model", table(shape))
    text += section("Data", table(data))
    text += section("How it was made", command.map(Markdown.codeBlock), table(origin))
    text += section("Results", table(figures))
    text += section(
      "Limits",
      limits.isEmpty ? nil : limits.map { "- \($0)\n" }.joined())
    text += section("What its source says of itself", source?.body)
    return text
  }

  private var head: String {
    var lines = ["---"]
    // Of language and licence only the maker of the text knows.
    if let language { lines.append("language: \(YAML.string(language))") }
    lines.append("library_name: \(libraryName)")
    lines.append("pipeline_tag: \(kind.pipelineTag)")
    let inherited = source?.tags ?? []
    let tags = inherited + tags.filter { !inherited.contains($0) }
    if !tags.isEmpty {
      lines.append("tags:")
      lines += tags.map { "- \(YAML.string($0))" }
    }
    if let baseModel { lines.append("base_model: \(YAML.string(baseModel))") }
    if let maskToken { lines.append("mask_token: \(YAML.string(maskToken))") }
    let keys = ["language", "library_name", "pipeline_tag", "tags", "base_model", "mask_token"]
    let written = keys.filter { key in lines.contains { $0.hasPrefix(key + ":") } }
    lines += source?.lines(withoutKeys: written + ["tags", "mask_token"]) ?? []
    lines.append("---\n")
    return lines.joined(separator: "\n")
  }

  private func section(_ title: String, _ parts: String?...) -> String {
    let content = parts.compactMap { $0 }
    guard !content.isEmpty else { return "" }
    return "\n## \(title)\n\n" + content.joined(separator: "\n")
  }

  private func table(_ facts: [Fact]) -> String? {
    guard !facts.isEmpty else { return nil }
    return "| | |\n|---|---|\n"
      + facts.map { "| \(Markdown.cell($0.name)) | \(Markdown.cell($0.value)) |\n" }.joined()
  }
}
