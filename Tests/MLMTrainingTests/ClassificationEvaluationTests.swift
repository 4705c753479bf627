import MLMTraining
import Testing

@Suite struct ClassificationEvaluationTests {
  private static let labels = ["neg", "neu", "pos"]

  /// Texts that the classifier finds to be of class `found`, labelled `wanted`.
  private func dataset(_ counts: [[Int]]) -> LabelledDataset {
    let texts = ToyLabels.texts(60, seed: 2).examples
    var next = [0, 1, 2]
    var examples: [LabelledText] = []
    for (wanted, row) in counts.enumerated() {
      for (found, count) in row.enumerated() {
        for _ in 0..<count {
          var example = texts[next[found]]
          next[found] += 3
          example.label = wanted
          examples.append(example)
        }
      }
    }
    return LabelledDataset(name: "toy", labels: Self.labels, examples: examples)
  }

  @Test func confusionMatrixByHand() throws {
    // Rows are the right classes, columns what is found.
    let dataset = dataset([[3, 1, 0], [1, 2, 1], [0, 0, 2]])
    let model = try ToyLabels.classifier
    let evaluation = try ClassificationEvaluation(of: model, on: dataset, threadCount: 1)
    #expect(evaluation.exampleCount == 10)
    #expect(evaluation.accuracy == 0.7)
    #expect(evaluation.truncatedCount == 0)
    #expect(evaluation.labels.map(\.name) == Self.labels)
    #expect(evaluation.labels.map(\.wanted) == [4, 4, 2])
    #expect(evaluation.labels.map(\.found) == [4, 3, 3])
    #expect(evaluation.labels.map(\.right) == [3, 2, 2])
    let precisions: [Double] = [3.0 / 4, 2.0 / 3, 2.0 / 3]
    let recalls: [Double] = [3.0 / 4, 1.0 / 2, 1]
    // 2·P·R / (P + R)
    let f1s: [Double] = [3.0 / 4, 4.0 / 7, 4.0 / 5]
    func near(_ found: [Double], _ expected: [Double]) -> Bool {
      zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }
    #expect(near(evaluation.labels.map(\.precision), precisions))
    #expect(near(evaluation.labels.map(\.recall), recalls))
    #expect(near(evaluation.labels.map(\.f1), f1s))
    #expect(near([evaluation.macroF1], [f1s.reduce(0, +) / 3]))
    #expect(evaluation.correlation == nil)
    // Mean of −ln p of the right class.
    let predictions = try TextClassifier(model, threadCount: 1).predictions(
      for: dataset.examples.map { String(decoding: $0.text, as: UTF8.self) })
    let loss = zip(predictions, dataset.examples).reduce(0.0) {
      $0 - logarithm(Double($1.0.scores[$1.1.label]))
    }
    #expect(abs(evaluation.loss - loss / 10) < 1e-5)
  }

  @Test func classWithoutTexts() throws {
    let evaluation = try ClassificationEvaluation(
      of: try ToyLabels.classifier, on: dataset([[4, 0, 0], [0, 0, 0], [0, 0, 4]]),
      threadCount: 2)
    #expect(evaluation.accuracy == 1)
    #expect(evaluation.labels[1].f1 == 0)
    #expect(evaluation.labels[1].precision == 0 && evaluation.labels[1].recall == 0)
    #expect(abs(evaluation.macroF1 - 2.0 / 3) < 1e-12)
  }

  @Test func labelsOfAnotherOrder() throws {
    // The data set numbers its labels otherwise; names decide.
    let texts = ToyLabels.relabelled(
      ToyLabels.texts(30, seed: 2), ["pos", "neu", "neg"]
    ) { example, _ in 2 - example.label }
    let evaluation = try ClassificationEvaluation(
      of: try ToyLabels.classifier, on: texts, threadCount: 1)
    #expect(evaluation.accuracy == 1)
    #expect(evaluation.labels.map(\.name) == Self.labels)
  }

  @Test func regressionByHand() throws {
    let texts = ToyLabels.texts(30, seed: 2)
    func scores(_ labels: [String]) throws -> ModelDirectory {
      let data = ToyLabels.relabelled(texts, labels) { example, _ in example.label }
      return try ToyLabels.train(
        data, data, ToyLabels.options { ($0.task, $0.epochs) = (.regression, 2) }
      ).run.current
    }
    let model = try scores(["0", "1", "2"])
    let found = try TextClassifier(model, threadCount: 1).predictions(
      for: texts.examples.map { String(decoding: $0.text, as: UTF8.self) }
    ).map { Double($0.scores[0]) }
    // Numbers on a line through the model's own: 3 − 2x.
    let wanted = found.map { Float(3 - 2 * $0) }
    let dataset = LabelledDataset(
      name: "toy", labels: wanted.map { "\($0)" },
      examples: texts.examples.enumerated().map { index, example in
        LabelledText(label: index, text: example.text, line: index + 1)
      })
    let evaluation = try ClassificationEvaluation(of: model, on: dataset, threadCount: 1)
    #expect(abs((evaluation.correlation ?? 0) + 1) < 1e-4)
    let squares = zip(found, wanted).map { ($0 - Double($1)) * ($0 - Double($1)) }
    let mean: Double = squares.reduce(0, +) / 30
    #expect(abs(evaluation.loss - mean) < 1e-6)
    #expect(evaluation.accuracy == 0)
  }

  @Test func whatCannotBeEvaluated() throws {
    let noClasses = error(MLMError.self) {
      _ = try ClassificationEvaluation(of: try ToyLabels.model, on: ToyLabels.texts(9))
    }
    #expect(noClasses?.code == .wrongModel)
    let strangers = LabelledDataset(
      name: "toy", labels: ["neg", "other"],
      examples: [
        LabelledText(label: 0, text: [97], line: 1), LabelledText(label: 1, text: [97], line: 4),
      ])
    let failure = error(DataError.self) {
      _ = try ClassificationEvaluation(of: try ToyLabels.classifier, on: strangers)
    }
    #expect(failure?.code == .unknownLabel)
    #expect(failure?.line == 4)
  }

  @Test func labelsThatOnlyLookTheSame() throws {
    // Two spellings of é, which Swift's strings take for equal.
    let labels = ["e\u{301}", "\u{e9}"]
    let texts = ToyLabels.texts(64, labels: ["neg", "pos"])
    let dataset = LabelledDataset(name: "toy", labels: labels, examples: texts.examples)
    let evaluation = try ToyLabels.train(dataset, dataset).evaluations.last
    #expect(evaluation?.accuracy == 1)
    #expect(evaluation?.labels.map(\.right) == [32, 32])
    #expect(evaluation?.labels.map(\.found) == [32, 32])
  }
}
