import MLMTraining

/// The examples of a fine-tuning run.
struct LabelledExamples {
  /// Share of the file that validates where no other file does.
  static let validationShare = 0.1

  let training: LabelledDataset
  let validation: LabelledDataset
  /// Labels that occur, in their order; of a regression, numbers.
  let labels: [String]

  /// Reads and splits labelled text.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - validationPath: A file to validate on; a part of the first if nil.
  ///   - format: The columns.
  ///   - task: What labels are.
  ///   - count: How many examples to draw of the first file; all if nil.
  ///   - seed: The seed of the draw and the split.
  init(
    training path: String, validation validationPath: String?, format: LabelledFormat,
    task: ClassificationTask, count: Int?, seed: UInt64
  ) throws {
    var all = try LabelledDataset(contentsOf: path, format: format)
    Warnings.replacements(all.replacementCount, in: all.name)
    if let count { all = try all.drawing(count, seed: seed) }
    labels = all.labels
    if let validationPath {
      training = all
      validation = try LabelledDataset(
        contentsOf: validationPath, format: format, labels: task == .single ? all.labels : nil)
      Warnings.replacements(validation.replacementCount, in: validation.name)
    } else {
      (training, validation) = all.split(validationShare: Self.validationShare, seed: seed)
    }
    guard !training.examples.isEmpty, !validation.examples.isEmpty else {
      throw CommandError(
        .badData,
        "\(all.name): expected enough examples to train and validate on, "
          + "found \(all.examples.count)")
    }
  }

  /// Says what is trained on what.
  func note(
    _ model: String, _ run: FineTuningRun, _ options: FineTuningOptions, _ progress: Progress
  ) {
    let classes = options.task == .single ? " of \(labels.count) classes" : ""
    progress.note(
      "examples: \(Numbers.grouped(training.examples.count)) to train\(classes), "
        + "\(Numbers.grouped(validation.examples.count)) to validate")
    progress.note(
      "training: \(options.startsFromScratch ? "random weights" : model), "
        + "\(Numbers.counted(run.epochCount, "epoch")), \(Numbers.counted(run.stepCount, "step"))")
    progress.clear()
    Warnings.truncation(
      run.truncatedCount, of: training.examples.count, what: "training text",
      maximumLength: options.maximumLength)
  }
}
