import ArgumentParser
import MLMTraining

/// How a model is fine-tuned.
struct FineTuningArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the examples (default: by their number).", valueName: "n"))
  var epochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Examples per optimizer step.", valueName: "n"))
  var batchSize = FineTuningOptions().batchSize

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens read of each text.", valueName: "n"))
  var maxLength = FineTuningOptions().maximumLength

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Highest learning rate.", valueName: "rate"))
  var learningRate = FineTuningOptions().learningRate

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Share of the steps that warm up.", valueName: "share"))
  var warmup = FineTuningOptions().warmup

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("AdamW's decoupled weight decay.", valueName: "rate"))
  var weightDecay = FineTuningOptions().weightDecay

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Share of numbers dropped.", valueName: "share"))
  var dropout = FineTuningOptions().dropout

  @Option(help: "How the rows of a text become one.")
  var pooling: Pooling = FineTuningOptions().pooling

  @Option(help: "What labels are: a class, classes separated by | (nothing for none), or a number.")
  var task: ClassificationTask = FineTuningOptions().task

  @Flag(help: "Ignore the model's weights: what would be learned without pretraining.")
  var fromScratch = false

  @Flag(help: "Draw the layer of class scores anew, whether or not the model has one.")
  var newHead = false

  func set(_ options: inout FineTuningOptions) {
    options.drawsNewHead = newHead
    options.epochs = epochs
    options.batchSize = batchSize
    options.maximumLength = maxLength
    options.learningRate = learningRate
    options.warmup = warmup
    options.weightDecay = weightDecay
    options.dropout = dropout
    options.pooling = pooling
    options.task = task
    options.startsFromScratch = fromScratch
  }
}
