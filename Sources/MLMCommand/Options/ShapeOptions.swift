import ArgumentParser
import MLMTraining

/// The tokenizer and the shape of a model to pretrain.
struct ShapeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this tokenizer.json instead of training one.", valueName: "file"))
  var tokenizer: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Entries of the tokenizer that is trained (default: by the size of the text, at most 8192).",
      valueName: "n"))
  var vocabSize: Int?

  @Option(help: "Layers, width and heads together (default: by the size of the text).")
  var preset: Preset?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of layers.", valueName: "n"))
  var layers: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Numbers per token.", valueName: "n"))
  var width: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Attention heads.", valueName: "n"))
  var heads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Longest text the model will accept, in tokens (default: 512).", valueName: "n"))
  var maxLength: Int?

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("Go on from the weights and the tokenizer of a model.", valueName: "dir"))
  var startingModel: String?

  func set(_ options: inout PretrainingOptions) {
    options.tokenizerPath = tokenizer
    options.vocabularySize = vocabSize
    options.preset = preset
    options.layerCount = layers
    options.width = width
    options.headCount = heads
    options.maximumLength = maxLength
    options.startingModel = startingModel.map(Paths.withoutTrailingSlash)
  }
}
