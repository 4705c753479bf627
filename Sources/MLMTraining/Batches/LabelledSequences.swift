import MLM
import MLMData
import MLMModel

/// Labelled texts as a head is trained on them: tokens, and what each should score.
struct LabelledSequences: Sendable {
  let task: ClassificationTask
  /// Names of the classes, in the order of the scores.
  let labels: [String]
  let texts: [TokenizedText]
  /// The class of each text, of a single-label task.
  private let classes: [Int32]
  /// Scores wanted, one for each text and class, of the other tasks.
  private let numbers: [Float]

  /// Tokenizes a data set.
  ///
  /// - Parameters:
  ///   - dataset: The texts and their labels.
  ///   - task: What the labels are.
  ///   - labels: The classes of a model that exists; those of the data set if nil.
  ///   - tokenizer: The model's.
  ///   - maximumLength: Tokens read of each text.
  /// - Throws: `DataError` where a label is unknown, or of a regression not a number.
  init(
    _ dataset: LabelledDataset, task: ClassificationTask, labels known: [String]?,
    _ tokenizer: Tokenizer, maximumLength: Int
  ) throws {
    self.task = task
    let names = try known ?? Self.classNames(dataset, task)
    labels = names
    texts = dataset.examples.map { example in
      let text = String(decoding: example.text, as: UTF8.self)
      guard let second = example.secondText else {
        return TokenizedText(text, tokenizer, maximumLength: maximumLength)
      }
      return TokenizedText(
        text, String(decoding: second, as: UTF8.self), tokenizer, maximumLength: maximumLength)
    }
    var classes: [Int32] = []
    var numbers: [Float] = []
    for example in dataset.examples {
      let label = dataset.labels[example.label]
      func place(_ name: String) throws -> Int {
        // By bytes: strings that only look the same are different labels.
        if let place = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) {
          return place
        }
        throw DataError(
          .unknownLabel, file: dataset.name, line: example.line,
          expected: "one of the model's \(names.count) labels", found: "\"\(name)\"")
      }
      switch task {
      case .single: classes.append(Int32(try place(label)))
      case .multi:
        var row = [Float](repeating: 0, count: names.count)
        for part in Self.parts(label) { row[try place(part)] = 1 }
        numbers += row
      case .regression:
        guard let number = Float(label), number.isFinite else {
          throw DataError(
            .badLabel, file: dataset.name, line: example.line, expected: "a number",
            found: "\"\(label)\"")
        }
        numbers.append(number)
      }
    }
    (self.classes, self.numbers) = (classes, numbers)
  }

  private static func classNames(
    _ dataset: LabelledDataset, _ task: ClassificationTask
  ) throws -> [String] {
    switch task {
    case .single: return dataset.labels
    case .regression: return ["score"]
    case .multi:
      var seen: Set<[UInt8]> = []
      for label in dataset.labels { for part in parts(label) { seen.insert(Array(part.utf8)) } }
      let names = seen.sorted { $0.lexicographicallyPrecedes($1) }
      guard !names.isEmpty else {
        throw DataError(
          .oneClass, file: dataset.name, expected: "labels separated by |", found: "none")
      }
      return names.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private static func parts(_ label: String) -> [String] {
    label.split(separator: "|").map(String.init)
  }

  var count: Int { texts.count }
  var truncatedCount: Int { texts.count { $0.isTruncated } }

  /// What the texts at some places should score.
  func targets(_ places: some Sequence<Int>) -> ClassificationTargets {
    switch task {
    case .single: return .single(places.map { classes[$0] })
    case .multi:
      return .multi(
        places.flatMap { numbers[$0 * labels.count..<($0 + 1) * labels.count] })
    case .regression: return .regression(places.map { numbers[$0] })
    }
  }

  /// The scores wanted of one text: of a single-label task, 1 for its class.
  func wanted(_ place: Int) -> [Float] {
    switch task {
    case .single: return labels.indices.map { $0 == Int(classes[place]) ? 1 : 0 }
    case .multi: return Array(numbers[place * labels.count..<(place + 1) * labels.count])
    case .regression: return [numbers[place]]
    }
  }
}
