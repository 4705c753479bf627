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
    // Numbers and sets of classes are too many to be kept in proportion.
    let isStratified = task == .single
    if let count {
      all =
        try isStratified
        ? all.drawing(count, seed: seed) : all.pooled.drawing(count, seed: seed).lines(of: all)
    }
    labels = all.labels
    if let validationPath {
      training = all
      validation = try LabelledDataset(
        contentsOf: validationPath, format: format, labels: isStratified ? all.labels : nil,
        allowsOneLabel: true)
      Warnings.replacements(validation.replacementCount, in: validation.name)
    } else if isStratified {
      (training, validation) = all.split(validationShare: Self.validationShare, seed: seed)
    } else {
      let parts = all.pooled.split(validationShare: Self.validationShare, seed: seed)
      (training, validation) = (parts.training.lines(of: all), parts.validation.lines(of: all))
    }
    guard !training.examples.isEmpty, !validation.examples.isEmpty else {
      throw CommandError(
        .badData,
        "\(all.name): \(Self.whatIsMissing(isStratified ? all : all.pooled)), or --validation FILE")
    }
  }

  /// Why no part of a data set can be split off to validate on.
  private static func whatIsMissing(_ dataset: LabelledDataset) -> String {
    let count = dataset.examples.count
    let share = Int((1 / validationShare).rounded())
    if 2 * count < share {
      return
        "expected at least \(share / 2) examples, of which 1 in \(share) validates, found \(count)"
    }
    var texts = [Set<LabelledText>](repeating: [], count: dataset.labels.count)
    for var example in dataset.examples {
      example.line = 0
      texts[example.label].insert(example)
    }
    let found = Numbers.counted(count, "example")
    // Equal texts stay together, so that none is both learned and asked for.
    if texts.allSatisfy({ $0.count == 1 }), count > texts.count {
      let places = texts.count == 1 ? "" : " of each label"
      return
        "expected at least two different texts of a label, one to train on and one to validate on, "
        + "found one\(places) (\(found))"
    }
    return
      "expected at least two examples of a label, one to train on and one to validate on, found "
      + "\(found) of \(Numbers.counted(texts.count, "label"))"
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

extension LabelledDataset {
  /// The same texts with one label for all.
  fileprivate var pooled: LabelledDataset {
    LabelledDataset(
      name: name, labels: [""],
      examples: examples.map {
        LabelledText(label: 0, text: $0.text, secondText: $0.secondText, line: $0.line)
      })
  }

  /// The examples of another data set that stand on this one's lines.
  fileprivate func lines(of other: LabelledDataset) -> LabelledDataset {
    let wanted = Set(examples.map(\.line))
    return LabelledDataset(
      name: other.name, labels: other.labels,
      examples: other.examples.filter { wanted.contains($0.line) })
  }
}
