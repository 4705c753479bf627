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
/// The weights are a function of the text, the options, which include the precision of products, and
/// the processor's level: not of the number
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
  public var replacements: Int { replacementsByFile.reduce(0) { $0 + $1.count } }
  /// Malformed UTF-8 sequences that were replaced, of the files that have any.
  public var replacementsByFile: [(file: String, count: Int)] { corpus.survey.replacements }
  /// Documents of white space alone, which were left out.
  public var emptyDocumentCount: Int { corpus.survey.emptyDocumentCount }
  /// Bytes of the documents, what is held out included.
  public var corpusByteCount: Int { corpus.byteCount }
  /// Documents of the text, those held out included.
  public var corpusDocumentCount: Int { corpus.survey.documentCount }
  /// Tokens of the training text, special ones not counted.
  public var corpusTokenCount: Int { corpus.shards.tokenCount }
  /// Whole documents held out of training, for ``evaluate()``; none where the text is one document, of
  /// which the tail is held out.
  public var heldOutDocumentCount: Int { corpus.survey.isLoneDocument ? 0 : corpus.heldOut.count }
  /// Bytes held out of training, for ``evaluate()``.
  public var heldOutByteCount: Int { corpus.heldOut.reduce(0) { $0 + $1.count } }
  /// What is wrong with each snapshot that is newer than the one the run went on from.
  public let skippedSnapshots: [String]

  let directory: RunDirectory
  package let corpus: PretrainingCorpus
  package let description: ModelDescription
  /// How embeddings are made, which is not what the run changes.
  private let sentencePooling: SentencePooling
  let optimization: Optimization
  private let stepper: PretrainingStep
  private var throughput = Throughput()
  private var lastSnapshot = -1

  init(
    plan: PretrainingPlan, directory: RunDirectory, corpus: PretrainingCorpus,
    description: ModelDescription, sentencePooling: SentencePooling, stepper: PretrainingStep,
    step: Int, skippedSnapshots: [String]
  ) {
    self.skippedSnapshots = skippedSnapshots
    self.plan = plan
    self.directory = directory
    self.corpus = corpus
    self.description = description
    self.sentencePooling = sentencePooling
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
  /// - Throws: `FileError`, or ``TrainingError`` with code `diverged` where the last update left weights
  ///   that are not numbers; earlier snapshots stay.
  public func snapshot() throws {
    guard step != lastSnapshot else { return }
    try requireFinite(optimization.hasFiniteWeights, "a weight")
    let path = "\(output)/\(RunFiles.snapshot(ofStep: step))"
    FileSystem.removeTree(path)
    let writer = try DirectoryWriter(path)
    try writer.write(RunFiles.state, state(isFinished: false).json)
    try OptimizerFile.write(optimization, into: writer)
    try model.write(into: writer)
    try writer.commit()
    lastSnapshot = step
    directory.isDisposable = false
    directory.removeSnapshots(keeping: 2, upTo: step)
  }

  /// Evaluates the trained model, writes it to the output directory and ends the run.
  ///
  /// The state that says that the run is finished is written after the model's files: a process that
  /// ends among them leaves a run to go on with.
  ///
  /// - Parameter card: The text of the directory's `README.md`, given the summary; a short one if nil.
  /// - Returns: The summary, which ``finishedSummary(output:options:files:progress:)`` gives again.
  /// - Throws: ``TrainingError`` with code `diverged` where the last update left weights or a held-out
  ///   loss that are not numbers, before anything is written; `FileError` where the files cannot be
  ///   written, after which the run can be resumed.
  public func finish(
    card: (PretrainingSummary) -> String? = { _ in nil }
  ) throws -> PretrainingSummary {
    try requireFinite(optimization.hasFiniteWeights, "a weight")
    var state = state(isFinished: true)
    // The evaluation has scratch of its own; both at once would be the most memory of the run.
    optimization.releaseScratch()
    state.heldOutLoss = evaluate()?.crossEntropy
    try requireFinite(state.heldOutLoss?.isFinite ?? true, "the held-out loss")
    state.tokensPerSecond = throughput.tokensPerSecond
    let summary = PretrainingSummary(output: output, state)
    let writer = try DirectoryWriter(output)
    try model.write(into: writer, card: card(summary))
    try writer.write(RunFiles.state, state.json)
    try writer.commit()
    directory.isDisposable = false
    FileSystem.removeTree(PretrainingCorpus.directory(ofRun: output))
    directory.release()
    return summary
  }

  private func requireFinite(_ isFinite: Bool, _ what: String) throws(TrainingError) {
    guard !isFinite else { return }
    throw TrainingError(
      .diverged,
      "after step \(step): \(what) is not a number; a lower --learning-rate or a longer --warmup may "
        + "help")
  }

  /// The model as it stands.
  public var model: ModelDirectory {
    ModelDirectory(
      tokenizer: corpus.tokenizer, description: description,
      parameters: optimization.transformer.parameters, sentencePooling: sentencePooling)
  }

  private func state(isFinished: Bool) -> TrainerState {
    TrainerState(
      step: step, isFinished: isFinished, plan: plan, corpus: corpus)
  }
}
