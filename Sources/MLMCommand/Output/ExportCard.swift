import MLM
import MLMModel
import MLMReporting

/// The model card of a model that was written in another layout.
struct ExportCard {
  let text: String

  /// Describes a model.
  ///
  /// What it learned from, with which seed and how good it is, only its source's card can say, which is
  /// carried on.
  init(_ model: ModelDirectory, source: String, as layout: ModelLayout, output: String) {
    let name = ModelFacts.name(ofPath: source)
    var card = ModelCard(
      name: ModelFacts.name(ofPath: output), kind: Self.kind(of: model),
      summary:
        "The model `\(name)` in the layout of \(layout.rawValue) (\(model.architectureName)).")
    card.tags = ["mlm", model.description.family.rawValue]
    if layout == .sentenceTransformers {
      card.libraryName = "sentence-transformers"
      card.tags.append("sentence-transformers")
    }
    if card.kind == .maskedLanguageModel {
      card.maskToken = model.tokenizer.specialTokens.mask
    }
    card.shape = ModelFacts.shape(model.configuration, parameterCount: model.parameterCount)
    if let objective = model.objective { card.shape.append(.init("pretrained on", objective)) }
    card.command = ModelFacts.commandLine
    card.origin = [.init("source", name), .init("version", Version.description)]
    card.limits = ModelFacts.limitsOfReaders(model.configuration)
    if let bytes = try? FileContents.read(source + "/README.md") {
      card.source = SourceCard(String(decoding: bytes, as: UTF8.self))
    }
    text = card.text
  }

  private static func kind(of model: ModelDirectory) -> ModelCard.Kind {
    switch model.head {
    case .none, .replacedTokens: .encoder
    case .languageModel:
      model.configuration.attention == .causal ? .causalLanguageModel : .maskedLanguageModel
    case .classification: .classifier
    }
  }
}
