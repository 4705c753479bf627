import MLM
import MLMData
import MLMModel
import MLMNumerics

/// A pretraining run that the caller advances one optimizer step at a time.
///
/// ```swift
/// let run = try PretrainingRun(files: ["corpus.txt"], output: "corpus.mlm")
/// while let report = try run.advance() { print(report.step, report.loss) }
/// let summary = try run.finish()
/// ```
///
/// The weights are a function of the text, the options and the processor's level: not of the number
/// of threads, nor of whether the run was interrupted and resumed.
public final class PretrainingRun {
  /// Everything that decides what the run computes.
  public let plan: PretrainingPlan
  /// The output directory.
  public let output: String
  /// The steps done.
  public private(set) var step: Int
  /// The tokenizer in use.
  public var tokenizer: Tokenizer { corpus.tokenizer }
  /// The shape of the model.
  public var configuration: TransformerConfiguration { description.transformer }
  /// Number of trained numbers.
  public var parameterCount: Int { optimization.transformer.layout.parameterCount }
  /// Malformed UTF-8 sequences of the text that were replaced.
  public var replacements: Int { corpus.replacements }
  /// Documents of white space alone, which were left out.
  public var emptyDocumentCount: Int { corpus.emptyDocumentCount }
  /// Bytes of the documents, those held out included.
  public var corpusByteCount: Int { corpus.byteCount }
  /// Documents of the text, those held out included.
  public var corpusDocumentCount: Int { corpus.shards.documentCount + corpus.heldOut.count }
  /// Tokens of the training text, special ones not counted.
  public var corpusTokenCount: Int { corpus.shards.tokenCount }
  /// Documents held out of training, for ``evaluate()``.
  public var heldOutDocumentCount: Int { corpus.heldOut.count }

  let directory: RunDirectory
  package let corpus: PretrainingCorpus
  let description: ModelDescription
  let optimization: Optimization
  private let stepper: PretrainingStep
  private var throughput = Throughput()
  private var lastSnapshot = -1

  init(
    plan: PretrainingPlan, directory: RunDirectory, corpus: PretrainingCorpus,
    description: ModelDescription, stepper: PretrainingStep, step: Int
  ) {
    self.plan = plan
    self.directory = directory
    self.corpus = corpus
    self.description = description
    self.stepper = stepper
    optimization = stepper.optimization
    self.step = step
    output = directory.path
    optimization.stepCount = step
    if step > 0 { lastSnapshot = step }
  }

  /// Does one optimizer step; nil when all are done.
  ///
  /// - Throws: ``TrainingError`` with code `diverged` where the loss or the gradient is not a number;
  ///   the weights and the snapshots written before stay as they were.
  public func advance() throws -> StepReport? {
    guard step < plan.stepCount else { return nil }
    let report = try stepper.run(step: step + 1)
    step += 1
    throughput.add(report)
    return report
  }

  /// The model's loss on the documents held out; nil where there are none.
  public func evaluate() -> LanguageModelEvaluation? {
    EvaluationSet(
      corpus.heldOut, corpus.tokenizer,
      kind: description.transformer.attention == .causal ? .nextWord : .masked,
      sequenceLength: plan.sequenceLength
    ).evaluate(optimization.transformer, threads: optimization.threads)
  }

  /// Whether the plan wants a snapshot after the step just done.
  public var isSnapshotDue: Bool {
    plan.snapshotInterval > 0 && step > 0 && step % plan.snapshotInterval == 0
      && step < plan.stepCount && step != lastSnapshot
  }

  /// Writes `checkpoint-STEP` with all that is needed to go on, and removes all but the newest two.
  ///
  /// - Throws: `FileError`; earlier snapshots stay.
  public func snapshot() throws {
    guard step != lastSnapshot else { return }
    let path = "\(output)/checkpoint-\(step)"
    FileSystem.removeTree(path)
    let writer = try DirectoryWriter(path)
    try writer.write("trainer_state.json", state(isFinished: false).json)
    try OptimizerFile.write(optimization, into: writer)
    try model.write(into: writer)
    try writer.commit()
    lastSnapshot = step
    directory.isDisposable = false
    directory.removeSnapshots(keeping: 2)
  }

  /// Writes the trained model to the output directory and ends the run.
  ///
  /// - Parameter card: The text of the directory's `README.md`, given the summary; a short one if nil.
  public func finish(
    card: (PretrainingSummary) -> String? = { _ in nil }
  ) throws -> PretrainingSummary {
    var state = state(isFinished: true)
    state.heldOutLoss = evaluate()?.crossEntropy
    state.tokensPerSecond = throughput.tokensPerSecond
    let summary = PretrainingSummary(output: output, state)
    let writer = try DirectoryWriter(output)
    try writer.write("trainer_state.json", state.json)
    try model.write(into: writer, card: card(summary))
    try writer.commit()
    directory.isDisposable = false
    FileSystem.removeTree(PretrainingCorpus.directory(ofRun: output))
    directory.release()
    return summary
  }

  /// The model as it stands.
  public var model: ModelDirectory {
    ModelDirectory(
      tokenizer: corpus.tokenizer, description: description,
      parameters: optimization.transformer.parameters)
  }

  private func state(isFinished: Bool) -> TrainerState {
    TrainerState(
      step: step, isFinished: isFinished, plan: plan, corpusBytes: corpus.byteCount,
      corpusChecksum: corpus.checksum)
  }
}

/// What a finished run says of itself.
public struct PretrainingSummary: Hashable, Sendable {
  /// The output directory.
  public let output: String
  /// What was trained.
  public let objective: Objective
  /// Steps done.
  public let stepCount: Int
  /// Tokens per step over the median time of a step; nil for runs of fewer than four steps.
  public let tokensPerSecond: Double?
  /// Mean cross-entropy on held-out text, in nats; nil where nothing is held out.
  public let heldOutLoss: Double?

  init(output: String, _ state: TrainerState) {
    self.output = output
    objective = state.plan.objective
    stepCount = state.step
    tokensPerSecond = state.tokensPerSecond
    heldOutLoss = state.heldOutLoss
  }
}

extension Duration {
  /// The duration as a number of seconds.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
