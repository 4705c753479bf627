import MLMTestSupport
import MLMTraining
import Testing

// The Swift of the article in MLM.docc on training, as it stands there.

private func pretrain(_ text: String, _ output: String) throws {
  // snippet
  var options = PretrainingOptions()
  options.stepCount = 20
  options.vocabularySize = 300
  let run = try PretrainingRun(files: [text], output: output, options: options)
  while let report = try run.advance() {
    if report.step % 10 == 0 { print(report.step, report.loss) }
    if run.isSnapshotDue { try run.snapshot() }
  }
  let summary = try run.finish()
  print(summary.stepCount, summary.heldOutLoss ?? .nan)
  // end
}

private func finetune(
  _ examples: String, _ heldOut: String, _ output: String, _ classifier: String
) throws {
  // snippet
  let training = try LabelledDataset(contentsOf: examples)
  let validation = try LabelledDataset(contentsOf: heldOut)
  let tuning = try FineTuningRun(
    ModelDirectory(contentsOf: output), on: training, validation: validation)
  while try tuning.advance() != nil {
    if tuning.isEpochComplete { print(try tuning.validate().accuracy) }
  }
  try tuning.best.write(to: classifier)
  // end
}

@Suite struct TrainingArticleTests {
  @Test func itRuns() throws {
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(60), in: folder)
      // A small model in place of the default one, for the sake of time.
      let model = folder + "/m"
      _ = try SampleText.train([text], model, SampleText.options { $0.maximumLength = 256 })
      let dataset = ToyLabels.texts(12)
      let lines = dataset.examples.map {
        dataset.labels[$0.label] + "\t" + String(decoding: $0.text, as: UTF8.self)
      }
      let examples = try SampleText.write(lines, in: folder, as: "examples.tsv")
      try finetune(examples, examples, model, folder + "/c")
      #expect(try ModelDirectory(contentsOf: folder + "/c").labels == ["neg", "neu", "pos"])
      try pretrain(text, folder + "/p")
      #expect(try ModelDirectory(contentsOf: folder + "/p").tokenizer.vocabularySize <= 300)
    }
  }

  @Test func itShowsWhatIsCompiled() throws {
    let (shown, compiled) = try Snippets.comparison(
      of: ["TrainFromATextFile"], with: #filePath
    ) { String(decoding: try FileContents.read($0), as: UTF8.self) }
    #expect(shown.count == 2)
    #expect(shown == compiled)
  }
}
