import Foundation
import MLMTraining
import Testing

@Suite struct FinetuneCommandTests {
  private static let options = "--epochs 1 --max-length 64"

  private func prepared() throws -> Scratch {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.copy(fixtures.model, to: "corpus.mlm")
    try scratch.write(fixtures.reviews, to: "reviews.tsv")
    return scratch
  }

  @Test func takesTheOnlyPretrainedModelBesideTheFile() throws {
    let scratch = try prepared()
    // Neither a classifier nor a folder of other things is a pretrained model.
    try scratch.copy(Fixtures.get().classifier, to: "older.mlm")
    try FileManager.default.createDirectory(
      at: scratch.path("empty.mlm"), withIntermediateDirectories: true)
    let outcome = try Program.run("finetune reviews.tsv \(Self.options)", in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.lines.count == 1)
    #expect(outcome.json["output"] as? String == "reviews.mlm")
    #expect(outcome.json["steps"] as? Int == 4)
    #expect((0...1).contains(outcome.json["validation_accuracy"] as? Double ?? -1))
    #expect(outcome.json["validation_examples"] as? Int == 12)
    #expect(outcome.json["precision"] as? String == Precision.fastest.rawValue)
    #expect(outcome.errors.contains("epoch 1/1  loss "))
    let card = try scratch.text("reviews.mlm/README.md")
    #expect(card.contains("pipeline_tag: text-classification"))
    #expect(card.contains("corpus.mlm"))

    let existing = try Program.run("finetune reviews.tsv \(Self.options)", in: scratch)
    #expect(existing.code == 73)
    let replaced = try Program.run("finetune reviews.tsv \(Self.options) --overwrite", in: scratch)
    #expect(replaced.code == 0)
    #expect(scratch.names("reviews.mlm").filter { $0.hasPrefix(".") }.isEmpty)
  }

  @Test func namesTheModelsWhereThereIsMoreThanOne() throws {
    let scratch = try prepared()
    try scratch.copy(Fixtures.get().model, to: "other.mlm")
    let several = try Program.run("finetune reviews.tsv \(Self.options)", in: scratch)
    #expect(several.code == 64)
    #expect(several.error.contains("corpus.mlm, other.mlm"))
    for name in ["corpus.mlm", "other.mlm"] {
      try FileManager.default.removeItem(at: scratch.path(name))
    }
    let none = try Program.run("finetune reviews.tsv \(Self.options)", in: scratch)
    #expect(none.code == 64)
    #expect(none.error.contains("--model"))
    #expect(scratch.names() == ["reviews.tsv"])
  }

  @Test func sameBytesOnAnyNumberOfThreads() throws {
    let scratch = try prepared()
    var weights: [Data] = []
    for threads in [1, 2] {
      let outcome = try Program.run(
        "finetune reviews.tsv \(Self.options) --quiet --output \(threads) --threads \(threads)",
        in: scratch)
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
      weights.append(try scratch.data("\(threads)/model.safetensors"))
    }
    #expect(weights[0] == weights[1])
  }

  @Test func drawsLabelsAndValidatesOnAnotherFile() throws {
    let scratch = try prepared()
    try scratch.write(Fixtures.labelled(lines: 30), to: "dev.tsv")
    let outcome = try Program.run(
      "finetune reviews.tsv \(Self.options) --labels 40 --validation dev.tsv --from-scratch "
        + "--pooling first --dropout 0 --batch-size 8 --learning-rate 0.001", in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.json["examples"] as? Int == 40)
    #expect(outcome.json["validation_examples"] as? Int == 30)
    #expect(outcome.json["steps"] as? Int == 5)
    let tooMany = try Program.run(
      "finetune reviews.tsv --labels 400 --output x.mlm", in: scratch)
    #expect(tooMany.code == 65)
  }

  @Test func badLabelsLeaveNothingBehind() throws {
    let scratch = try prepared()
    let good = try Fixtures.get().reviews
    try scratch.write("good\ta\ngood\tb\ngood\tc\n", to: "one.tsv")
    try scratch.write(good + "no tab\n", to: "tab.tsv")
    try scratch.write(good + "good\ta\tb\n", to: "tabs.tsv")
    try scratch.write("", to: "empty.tsv")
    try scratch.write(Data(good.utf8) + Data([0x67, 9, 0xFF, 10]), to: "malformed.tsv")
    try scratch.write("strange\ta\n", to: "unknown.tsv")
    let before = scratch.names()
    let cases: [(String, Int32, String)] = [
      ("one.tsv", 65, "one.tsv"), ("tab.tsv", 65, "tab.tsv:121"), ("tabs.tsv", 65, "tabs.tsv:121"),
      ("empty.tsv", 65, "empty.tsv"), ("malformed.tsv --strict", 65, "malformed.tsv:121"),
      ("reviews.tsv --validation unknown.tsv", 65, "unknown.tsv:1"), ("none.tsv", 66, "none.tsv"),
      (".", 66, "."), ("reviews.tsv --model none", 66, "none/config.json"),
      ("reviews.tsv --output none/x", 73, "none"),
      ("reviews.tsv --output one.tsv --overwrite", 73, "one.tsv"),
      ("reviews.tsv --max-length 600", 64, "512"),
      ("reviews.tsv --task regression", 65, "reviews.tsv:1"),
    ]
    for (arguments, code, place) in cases {
      let outcome = try Program.run(
        "finetune \(arguments) --epochs 1 "
          + (arguments.contains("--output") ? "" : "--output new.mlm "), in: scratch)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.error.contains(place), "\(arguments): \(outcome.errors)")
      #expect(scratch.names() == before, "\(arguments)")
    }
  }

  @Test func divergenceIsAFailureWithoutAModel() throws {
    let scratch = try prepared()
    let before = scratch.names()
    let outcome = try Program.run(
      "finetune reviews.tsv --max-length 64 --learning-rate 3e38 --batch-size 1000 --epochs 1 --warmup 0",
      in: scratch)
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("the loss is nan") && outcome.output.isEmpty)
    #expect(scratch.names() == before)
  }

  @Test func oneRunAnOutput() throws {
    let scratch = try prepared()
    let first = "finetune reviews.tsv --max-length 64 --epochs 2000 --output new.mlm"
      .split(separator: " ").map(String.init)
    let running = try Program.start(first, in: scratch)
    running.wait { $0.messages.contains("epoch 1/") }
    for option in ["", "--overwrite"] {
      let second = try Program.run(
        "finetune reviews.tsv \(Self.options) --output new.mlm \(option)", in: scratch)
      #expect(second.code == 73)
      #expect(second.error.hasPrefix("mlm: new.mlm: another process"), "\(second.errors)")
    }
    // What others put there while it runs stays there.
    try scratch.write("mine", to: "new.mlm/notes.txt")
    running.kill(SIGTERM)
    #expect(try running.finish().code == 1)
    #expect(scratch.names("new.mlm") == ["notes.txt"])
  }

  @Test func whatCameInMeanwhileIsKept() throws {
    let scratch = try prepared()
    let arguments = "finetune reviews.tsv --max-length 64 --epochs 12 --output new.mlm"
      .split(separator: " ").map(String.init)
    let running = try Program.start(arguments, in: scratch)
    running.wait { $0.messages.contains("epoch 1/") }
    try FileManager.default.moveItem(at: scratch.path("new.mlm"), to: scratch.path("moved"))
    try FileManager.default.createDirectory(
      at: scratch.path("new.mlm"), withIntermediateDirectories: false)
    try scratch.write("mine", to: "new.mlm/notes.txt")
    let outcome = try running.finish()
    #expect(outcome.code == 73, "\(outcome.errors)")
    #expect(outcome.error.contains("new.mlm"))
    #expect(scratch.names("new.mlm") == ["notes.txt"])
  }

  @Test func aLockThatWasLeftIsTakenOver() throws {
    let scratch = try prepared()
    try FileManager.default.createDirectory(
      at: scratch.path("new.mlm"), withIntermediateDirectories: false)
    try scratch.write("", to: "new.mlm/.lock")
    let outcome = try Program.run(
      "finetune reviews.tsv \(Self.options) --output new.mlm", in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(!scratch.exists("new.mlm/.lock") && scratch.exists("new.mlm/config.json"))
  }

  @Test func tooFewToValidateOn() throws {
    let scratch = try prepared()
    try scratch.write((0..<100).map { "l\($0)\ttext \($0)\n" }.joined(), to: "classes.tsv")
    try scratch.write(
      (0..<40).map { $0 % 2 == 0 ? "a\tone\n" : "b\ttwo\n" }.joined(), to: "two.tsv")
    try scratch.write("a\tone\nb\ttwo\n", to: "few.tsv")
    try scratch.write((0..<40).map { "\($0)\tsame\n" }.joined(), to: "same.tsv")
    let cases = [
      ("classes.tsv", "at least two examples of a label", "100 examples of 100 labels"),
      ("two.tsv", "two different texts of a label", "one of each label (40 examples)"),
      ("few.tsv", "at least 5 examples", "found 2"),
      ("same.tsv --task regression", "two different texts", "found one (40 examples)"),
    ]
    for (arguments, expected, found) in cases {
      let outcome = try Program.run(
        "finetune \(arguments) \(Self.options) --output new.mlm", in: scratch)
      #expect(outcome.code == 65, "\(outcome.errors)")
      #expect(outcome.error.contains("expected \(expected)") || outcome.error.contains(expected))
      #expect(outcome.error.contains(found) && outcome.error.contains("--validation"))
    }
    let given = try Program.run(
      "finetune two.tsv --validation two.tsv \(Self.options) --output new.mlm", in: scratch)
    #expect(given.code == 0, "\(given.errors)")
  }

  @Test func aMissingFileIsNamedBeforeAMissingModel() throws {
    let scratch = try Scratch()
    let outcome = try Program.run("finetune missing.tsv", in: scratch)
    #expect(outcome.code == 66)
    #expect(outcome.error.hasPrefix("mlm: missing.tsv: "))
    #expect(try Program.run("finetune --help", in: scratch).text.contains("cannot be resumed"))
  }

  @Test func truncationIsTold() throws {
    let outcome = try Program.run(
      "finetune reviews.tsv --epochs 1 --max-length 8", in: prepared())
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("warning: 108 of 108 training texts cut to 8 tokens"))
  }

  @Test func severalLabelsAndNumbers() throws {
    let scratch = try prepared()
    let texts = Fixtures.text(lines: 40).split(separator: "\n")
    // The last has none of the classes, which only where there may be several is a label.
    let labels = ["a", "b", "a|b", "c", ""]
    try scratch.write(
      texts.enumerated().map { "\(labels[$0 % 5])\t\($1)\n" }.joined(), to: "multi.tsv")
    let multi = try Program.run(
      "finetune multi.tsv --task multi --epochs 1 --quiet", in: scratch)
    #expect(multi.code == 0)
    let several = try Program.run(
      "predict --model multi.mlm --json", in: scratch, input: "some text\n")
    #expect(several.json["labels"] is [Any])
    #expect((several.json["probabilities"] as? [String: Any])?.count == 3)
    let judged = try Program.run("evaluate --model multi.mlm multi.tsv --json", in: scratch)
    #expect(judged.json["examples"] as? Int == 40)
    let none = try Program.run(
      "evaluate --model multi.mlm - --json", in: scratch, input: "\tsome text\n")
    #expect(none.code == 0 && none.json["examples"] as? Int == 1)
    let single = try Program.run("finetune multi.tsv --overwrite", in: scratch)
    #expect(single.code == 65 && single.error.contains("found an empty label"))

    // As many different numbers as texts, so that no two share a label.
    try scratch.write(
      texts.enumerated().map { "\(Double($0) / 8)\t\($1)\n" }.joined(), to: "score.tsv")
    let score = try Program.run(
      "finetune score.tsv --task regression --epochs 1 --labels 30 --model corpus.mlm",
      in: scratch)
    #expect(score.code == 0)
    #expect(score.json["validation_correlation"] is Double)
    #expect(score.json["validation_examples"] as? Int == 3)
    let number = try Program.run(
      "predict --model score.mlm --json", in: scratch, input: "some text\n")
    #expect(number.json["score"] is Double)
  }

  @Test func pairsOfTexts() throws {
    let scratch = try prepared()
    let texts = Fixtures.text(lines: 40).split(separator: "\n")
    try scratch.write(
      "label\ta\tb\n" + texts.enumerated().map { "\($0 % 2)\t\($1)\tother\n" }.joined(),
      to: "pairs.tsv")
    let outcome = try Program.run(
      "finetune pairs.tsv --pairs --header --epochs 1", in: scratch)
    #expect(outcome.code == 0)
    let predicted = try Program.run(
      "predict --model pairs.mlm --pairs", in: scratch, input: "one\ttwo\nthree\tfour\n")
    #expect(predicted.lines.count == 2)
    let wrong = try Program.run(
      "predict --model pairs.mlm --pairs", in: scratch, input: "one\ttwo\nthree\n")
    #expect(wrong.code == 65)
    #expect(wrong.error.contains("standard input:2"))
  }

  @Test func aSignalStopsWithoutAModel() throws {
    let scratch = try prepared()
    let arguments = "finetune reviews.tsv --epochs 2000".split(separator: " ").map(String.init)
    let running = try Program.start(arguments, in: scratch)
    running.wait { $0.messages.contains("epoch 1/") }
    running.kill(SIGINT)
    let outcome = try running.finish()
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("nothing was written"))
    #expect(scratch.names() == ["corpus.mlm", "reviews.tsv"])
  }
}
