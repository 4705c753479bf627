import MLM
import MLMNumerics
import MLMTestSupport
import Testing

@Suite struct TextClassifierTests {
  @Test func singleLabel() throws {
    // Softmax of (0, ln 3): 1/4 and 3/4.
    let model = try SampleModel.constantClassifier(
      [0, 1.098_612_3], labels: ["neg", "pos"], task: .single)
    let prediction = try TextClassifier(model, threadCount: 1).predict("The acting was good.")
    #expect(prediction.label == "pos")
    #expect(prediction.labels == ["pos"])
    #expect(maxDifference(prediction.scores, [0.25, 0.75]) < 1e-6)
    #expect(!prediction.isTruncated)
  }

  @Test func multiLabel() throws {
    // 1 / (1 + e^−x) of −2, 0, 2; what is as likely as not belongs.
    let model = try SampleModel.constantClassifier(
      [-2, 0, 2], labels: ["a", "b", "c"], task: .multi)
    let classifier = try TextClassifier(model, threadCount: 1)
    let prediction = classifier.predict("The acting was good.")
    #expect(prediction.label == "c")
    #expect(prediction.labels == ["b", "c"])
    #expect(maxDifference(prediction.scores, [0.119_202_92, 0.5, 0.880_797_1]) < 1e-6)
    #expect(classifier.task == .multi)
    #expect(classifier.labels == ["a", "b", "c"])
    let none = try SampleModel.constantClassifier([-2, -1], labels: ["a", "b"], task: .multi)
    #expect(try TextClassifier(none, threadCount: 1).predict("Nothing.").labels.isEmpty)
  }

  @Test func regression() throws {
    let model = try SampleModel.constantClassifier([2.5], labels: ["score"], task: .regression)
    let prediction = try TextClassifier(model, threadCount: 1).predict("The acting was good.")
    #expect(prediction.scores == [2.5])
    #expect(prediction.label == "score")
  }

  @Test func labelsThatOnlyLookTheSame() throws {
    let labels = ["e\u{301}", "\u{e9}"]
    let model = try SampleModel.constantClassifier([0, 1], labels: labels, task: .single)
    let prediction = try TextClassifier(model, threadCount: 1).predict("The acting was good.")
    #expect(prediction.label.utf8.elementsEqual("\u{e9}".utf8))
    #expect(prediction.places == [1])
  }

  @Test func orderThreadsAndBatches() throws {
    let model = try SampleModel.directory(
      .classification(classCount: 3), labels: ["a", "b", "c"])
    let texts = (0..<40).flatMap { _ in SampleModel.sentences }
    let one = try TextClassifier(model, threadCount: 1).predictions(for: texts)
    #expect(try TextClassifier(model, threadCount: 2).predictions(for: texts) == one)
    #expect(try TextClassifier(model, threadCount: 3).predictions(for: texts) == one)
    #expect(try TextClassifier(model, threadCount: 0).predictions(for: texts) == one)
    let bound = Machine.current.rowsAreExact ? 0 : 1e-6
    let classifier = try TextClassifier(model, threadCount: 1)
    for (index, text) in SampleModel.sentences.enumerated() {
      let alone = classifier.predict(text)
      #expect(maxDifference(alone.scores, one[index].scores) <= bound)
      #expect(abs(alone.scores.reduce(0, +) - 1) < 1e-5)
      #expect(alone.label == model.labels[alone.scores.firstIndex(of: alone.scores.max()!)!])
    }
    #expect(Set(one.map(\.scores)).count >= SampleModel.sentences.count)
    #expect(classifier.predictions(for: [String]()).isEmpty)
  }

  @Test func pairsAreOneSequence() throws {
    let model = try SampleModel.directory(
      .classification(classCount: 2), labels: ["no", "yes"])
    let tokenizer = model.tokenizer
    func ids(_ text: String) -> [Int32] {
      tokenizer.encode(text, addingSpecialTokens: false).ids
    }
    let pair = TokenizedText("the boat", "the sea", tokenizer, maximumLength: 32)
    #expect(
      pair.ids == [tokenizer.startID] + ids("the boat") + [tokenizer.endID] + ids("the sea")
        + [tokenizer.endID])
    #expect(!pair.isTruncated)
    let classifier = try TextClassifier(model, threadCount: 1)
    let predictions = classifier.predictions(
      for: [("the boat", "the sea"), ("the sea", "the boat")])
    #expect(predictions[0].scores != predictions[1].scores)
    // The longer text is cut first.
    let long = SampleModel.sentences.joined(separator: " ")
    let cut = TokenizedText(long, "the sea", tokenizer, maximumLength: 12)
    let second = ids("the sea")
    #expect(cut.ids.count == 12)
    #expect(cut.isTruncated)
    #expect(cut.ids.suffix(second.count + 1).elementsEqual(second + [tokenizer.endID]))
    #expect(classifier.predictions(for: [(long, long)])[0].isTruncated)
  }

  @Test func textThatIsCut() throws {
    let model = try SampleModel.constantClassifier([0, 1], labels: ["a", "b"], task: .single)
    let classifier = try TextClassifier(model, maximumLength: 5, threadCount: 1)
    let predictions = classifier.predictions(for: [SampleModel.sentences[0], "the"])
    #expect(predictions.map(\.isTruncated) == [true, false])
  }

  @Test func modelWithoutClasses() throws {
    for head in [Head.languageModel, .none] {
      let model = try SampleModel.directory(head)
      let failure = error(MLMError.self) { _ = try TextClassifier(model) }
      #expect(failure?.code == .wrongModel)
    }
  }
}
