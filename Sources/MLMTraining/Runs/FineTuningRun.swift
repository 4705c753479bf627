import MLM
import MLMData
import MLMModel
import MLMNumerics

/// A fine-tuning run that the caller advances one optimizer step at a time.
///
/// ```swift
/// let run = try FineTuningRun(model, on: training, validation: validation)
/// while let report = try run.advance() {
///   if run.isEpochComplete { print(try run.validate()) }
/// }
/// try run.best.write(to: "reviews.mlm")
/// ```
public final class FineTuningRun {
  /// Steps of the whole run.
  public let stepCount: Int
  /// Passes over the examples.
  public let epochCount: Int
  /// The steps done.
  public private(set) var step = 0
  /// The best validation so far.
  public private(set) var bestEvaluation: ClassificationEvaluation?
  /// Training texts longer than the run reads.
  public var truncatedCount: Int { training.truncatedCount }

  private let options: FineTuningOptions
  private let tokenizer: Tokenizer
  private let description: ModelDescription
  private let sentencePooling: SentencePooling
  private let training, validation: LabelledSequences
  private let optimization: Optimization
  private let stepsPerEpoch: Int
  private var bestParameters: Parameters?

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - model: The model to start from; its language-model head gives way to a classifier.
  ///   - training: The examples to learn from.
  ///   - validation: The examples that choose the best epoch.
  ///   - options: What is asked for.
  /// - Throws: ``TrainingError`` with code `badOptions`, or `DataError` where labels do not fit.
  public init(
    _ model: ModelDirectory, on training: LabelledDataset, validation: LabelledDataset,
    options: FineTuningOptions = FineTuningOptions()
  ) throws {
    try options.validate()
    try model.requireFiniteWeights()
    let limit = model.configuration.maximumLength
    guard options.maximumLength <= limit else {
      throw TrainingError(
        .badOptions,
        "maximum length: expected at most the model's \(limit) tokens, found \(options.maximumLength)"
      )
    }
    guard !training.examples.isEmpty else {
      throw DataError(
        .empty, file: training.name, expected: "examples to learn from", found: "none")
    }
    self.options = options
    tokenizer = model.tokenizer
    sentencePooling = model.sentencePooling
    self.training = try LabelledSequences(
      training, task: options.task, labels: nil, tokenizer, maximumLength: options.maximumLength)
    self.validation = try LabelledSequences(
      validation, task: options.task, labels: self.training.labels, tokenizer,
      maximumLength: options.maximumLength)
    var shape = model.configuration
    // A classifier reads whole texts, whichever way the model was pretrained.
    shape.attention = .bidirectional
    // Classes of ModernBERT's encoder have a bias, whatever its decoder's have.
    if model.description.family == .modernBERT { shape.classificationHead.scoresHaveBias = true }
    let labels = self.training.labels
    let family = model.description.family
    let pooling = family.classifierPooling ?? options.pooling
    guard pooling == options.pooling || options.pooling == FineTuningOptions().pooling else {
      throw TrainingError(
        .badOptions,
        "pooling: \(family.rawValue) classifiers read the \(pooling.rawValue) row, found \(options.pooling.rawValue)"
      )
    }
    description = ModelDescription(
      transformer: shape, head: .classification(classCount: labels.count), family: family,
      task: options.task, pooling: pooling, labels: labels, objective: model.objective)
    let parameters = Parameters(description.layout)
    if options.startsFromScratch {
      parameters.initialize(seed: options.seed)
    } else {
      var missing = Set(parameters.copyShared(from: model.parameters))
      if options.drawsNewHead {
        missing.formUnion(["head.classifier.weight", "head.classifier.bias"])
      }
      parameters.initialize(seed: options.seed, only: missing)
    }
    optimization = Optimization(
      Transformer(shape, parameters: parameters, processor: .current(options.precision)),
      threads: Threads(count: options.threadCount ?? Threads.defaultCount),
      pooling: pooling)
    stepsPerEpoch = (self.training.count + options.batchSize - 1) / options.batchSize
    epochCount = options.epochs(exampleCount: self.training.count)
    stepCount = epochCount * stepsPerEpoch
  }

  /// The current pass over the examples, from 1.
  public var epoch: Int { max(0, step - 1) / stepsPerEpoch + 1 }
  /// Whether the step just done was the last of its epoch.
  public var isEpochComplete: Bool { step > 0 && step % stepsPerEpoch == 0 }

  /// Does one optimizer step; nil when all are done.
  ///
  /// - Throws: ``TrainingError`` with code `diverged`.
  public func advance() throws -> StepReport? {
    guard step < stepCount else { return nil }
    let clock = ContinuousClock()
    let start = clock.now
    let next = step + 1
    let places = places(ofStep: next)
    let rate = LearningRateSchedule(peak: options.learningRate, warmup: options.warmup)
      .rate(atStep: next, of: stepCount)
    let loss = accumulateGradients(places, step: next)
    let norm =
      loss.isFinite
      ? optimization.update(
        learningRate: rate, weightDecay: options.weightDecay,
        gradientClip: FineTuningOptions.gradientClip)
      : loss
    guard norm.isFinite else {
      throw TrainingError.diverged(
        "step \(next) at learning rate \(rate)", loss: loss, advice: "a lower --learning-rate")
    }
    step = next
    return StepReport(
      step: next, stepCount: stepCount, loss: loss, gradientNorm: norm, learningRate: rate,
      tokenCount: places.reduce(0) { $0 + training.texts[$1].ids.count },
      seconds: start.duration(to: clock.now).inSeconds)
  }

  /// The examples of a step: every example once an epoch, in an order that is a function of the seed.
  private func places(ofStep step: Int) -> [Int] {
    let (epoch, place) = (step - 1).quotientAndRemainder(dividingBy: stepsPerEpoch)
    let order = Permutation(count: training.count, seed: options.seed, epoch: epoch)
    let first = place * options.batchSize
    return (first..<min(first + options.batchSize, training.count)).map { order[$0] }
  }

  private func accumulateGradients(_ places: [Int], step: Int) -> Double {
    let (options, training, transformer) = (options, training, optimization.transformer)
    let pieces = Pieces(lengths: places.map { training.texts[$0].ids.count })
    let (ranges, places) = (pieces.ranges, pieces.order.map { places[$0] })
    var firstRows: [Int] = []
    var rowCount = 0
    for place in places {
      firstRows.append(rowCount)
      rowCount += training.texts[place].ids.count
    }
    let rows = firstRows
    let scale = Float(1 / Double(places.count))
    let sum = optimization.accumulate(ranges.count) { index, worker, layerIsDone in
      let range = ranges[index]
      var batch = Batch()
      for place in places[range] {
        batch.append(training.texts[place].ids, types: training.texts[place].types)
      }
      func dropout(firstRow: Int) -> Dropout? {
        options.dropout > 0
          ? Dropout(
            rate: options.dropout, seed: options.seed, step: UInt64(step), firstRow: firstRow)
          : nil
      }
      let rowDropout = dropout(firstRow: rows[range.lowerBound])
      transformer.forward(batch, into: worker.activations, dropout: rowDropout)
      let gradient = worker.outputGradient(
        rows: batch.rowCount, width: transformer.configuration.width)
      let loss = worker.classificationHead.train(
        on: training.targets(places[range]), batch, output: worker.activations.output,
        scale: scale, outputGradient: gradient, gradients: worker.gradients,
        dropout: dropout(firstRow: range.lowerBound))
      transformer.backward(
        outputGradient: gradient, batch, worker.activations, into: worker.gradients,
        dropout: rowDropout, layerIsDone: layerIsDone)
      return loss
    }
    return sum / Double(places.count)
  }

  /// Evaluates on the validation examples, and keeps the weights if they are the best so far.
  ///
  /// - Throws: ``TrainingError`` with code `diverged`.
  @discardableResult
  public func validate() throws(TrainingError) -> ClassificationEvaluation {
    let evaluation = ClassificationEvaluation(
      of: current, on: validation, threads: optimization.threads)
    guard evaluation.loss.isFinite, optimization.transformer.parameters.isFinite else {
      throw TrainingError.diverged(
        "validation after step \(step)", loss: evaluation.loss, advice: "a lower --learning-rate")
    }
    if bestEvaluation.map({ evaluation.isBetter(than: $0) }) ?? true {
      bestEvaluation = evaluation
      bestParameters = optimization.transformer.parameters.copy()
    }
    return evaluation
  }

  /// The model as it stands.
  public var current: ModelDirectory { directory(optimization.transformer.parameters) }

  /// The model of the best validation; the current one where none was done.
  public var best: ModelDirectory {
    directory(bestParameters ?? optimization.transformer.parameters)
  }

  private func directory(_ parameters: Parameters) -> ModelDirectory {
    ModelDirectory(
      tokenizer: tokenizer, description: description, parameters: parameters,
      sentencePooling: sentencePooling)
  }
}
