import ArgumentParser
import MLMTraining

/// How a model is pretrained.
struct PretrainingArguments: ParsableArguments {
  @Option(
    help:
      "What is learned: next words first and then masked tokens, or one of the two (default: hybrid)."
  )
  var objective: Objective?

  @Option(
    help: ArgumentHelp(
      "Share of the steps of hybrid that learn next words (default: 0.25).", valueName: "share"))
  var nextWordShare: Double?

  @Option(
    help: ArgumentHelp(
      "Share of the tokens that is masked (default: falling from 0.30 to 0.15).", valueName: "share"
    ))
  var maskRate: Double?

  @Option(help: ArgumentHelp("Optimizer steps (default: by text and model).", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Passes over the text, instead of steps.", valueName: "n"))
  var epochs: Double?

  @Option(
    help: ArgumentHelp(
      "Time from the start to the last step, instead of steps: 90s, 30m, 2h.", valueName: "time"))
  var budget: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "Tokens per optimizer step (default: by the text, at most 8192).", valueName: "n"))
  var batchTokens: Int?

  @Option(
    help: ArgumentHelp("Longest sequence trained on, in tokens (default: 128).", valueName: "n"))
  var sequenceLength: Int?

  @Option(
    help: "Muon moves hidden matrices as a whole and leaves the rest to AdamW (default: adamw).")
  var optimizer: Optimizer?

  @Option(help: ArgumentHelp("Highest learning rate.", valueName: "rate"))
  var learningRate: Float?

  @Option(help: ArgumentHelp("Share of the steps that warm up.", valueName: "share"))
  var warmup: Double?

  @Option(help: ArgumentHelp("Decoupled weight decay of matrices.", valueName: "rate"))
  var weightDecay: Float?

  @Option(
    help: ArgumentHelp("Share of numbers dropped (default: none on new text).", valueName: "share"))
  var dropout: Float?

  @Option(
    help: ArgumentHelp(
      "Steps between snapshots, 0 for none (default: a tenth).", valueName: "steps"))
  var snapshotEvery: Int?

  func set(_ options: inout PretrainingOptions) {
    options.objective = objective
    options.nextWordShare = nextWordShare
    options.maskRate = maskRate
    options.stepCount = steps
    options.epochs = epochs
    options.budget = budget?.seconds
    options.batchTokens = batchTokens
    options.sequenceLength = sequenceLength
    options.optimizer = optimizer
    options.learningRate = learningRate
    options.warmup = warmup
    options.weightDecay = weightDecay
    options.dropout = dropout
    options.snapshotInterval = snapshotEvery
  }
}

extension PretrainingOptions {
  /// Checks the options while the arguments are read, so that the error names the command's help.
  func validateForCommand() throws {
    do {
      try validate()
    } catch {
      throw ValidationError(error.description)
    }
  }
}
