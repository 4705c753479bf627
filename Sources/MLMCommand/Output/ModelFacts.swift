import MLMModel
import MLMNumerics
import MLMReporting
import MLMTraining

/// What the cards of pretrained and of fine-tuned models have in common.
enum ModelFacts {
  /// The last part of a path.
  static func name(ofPath path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The last parts of some paths, the first ten of them.
  static func names(ofPaths paths: [String]) -> String {
    let names = paths.prefix(10).map { $0 == "-" ? "standard input" : name(ofPath: $0) }
    let rest = paths.count > 10 ? " and \(paths.count - 10) more" : ""
    return names.joined(separator: ", ") + rest
  }

  /// The shape of a model.
  static func shape(_ shape: TransformerConfiguration, parameterCount: Int) -> [ModelCard.Fact] {
    [
      .init("architecture", architecture(shape)),
      .init("parameters", Numbers.grouped(parameterCount)),
      .init("layers", "\(shape.layerCount)"),
      .init("width", "\(shape.width)"),
      .init("feed-forward width", "\(shape.feedForwardWidth)"),
      .init("attention heads", "\(shape.headCount)"),
      .init("vocabulary", Numbers.grouped(shape.vocabularySize)),
      .init("longest text", "\(shape.maximumLength) tokens"),
    ]
  }

  private static func architecture(_ shape: TransformerConfiguration) -> String {
    let block = shape.normPlacement == .before ? "ModernBERT" : "BERT"
    guard let local = shape.localAttention else {
      return block + ", global attention in every layer"
    }
    let count = local.layers.count { $0 }
    return "\(block), attention to \(local.reach) tokens around in \(count) of "
      + "\(shape.layerCount) layers"
  }

  /// Seed and versions.
  static func origin(seed: UInt64, precision: Precision) -> [ModelCard.Fact] {
    [
      .init("seed", "\(seed)"),
      .init("precision", precision.rawValue),
      .init("version", Version.description),
    ]
  }

  /// The command line of this process, as a shell reads it.
  static var commandLine: String {
    let arguments = CommandLine.arguments
    return (["mlm"] + arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  /// An argument as a shell reads it.
  static func quoted(_ argument: String) -> String {
    let plain = argument.utf8.allSatisfy { byte in
      let character = Unicode.Scalar(byte)
      return character.properties.isAlphabetic && byte < 0x80
        || (0x30...0x39).contains(byte) || "-_./,:=+@%".utf8.contains(byte)
    }
    if plain && !argument.isEmpty { return argument }
    return "'"
      + argument.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  /// What readers of the files make of a model that they have no words for.
  static func limitsOfReaders(_ shape: TransformerConfiguration) -> [String] {
    guard let local = shape.localAttention else { return [] }
    let isKnown =
      shape.attention == .causal ? local.rotaryBase == shape.rotaryBase : local.isPeriodic
    return isKnown
      ? []
      : [
        "transformers before version 5 opens it and computes other numbers: its files cannot say "
          + (shape.attention == .causal
            ? "that layers with a window turn positions by other angles."
            : "which layers have a window where they do not alternate.")
      ]
  }

  /// The name of a model's directory, where it can be that of a repository.
  static func repositoryName(ofPath path: String) -> String? {
    let name = name(ofPath: path)
    let fits = name.utf8.allSatisfy {
      let character = Character(Unicode.Scalar($0))
      return character.isASCII
        && (character.isLetter || character.isNumber || "-_.".contains(character))
    }
    return fits && name.contains { $0 != "." } ? name : nil
  }

  static let smallModelLimit =
    "It is a small model of one text: what the text does not hold it does not know, and what is "
    + "wrong or one-sided in the text it has learned."
}
