import Foundation
import MLMTraining
import Testing

@Suite struct PretrainCommandTests {
  private static let options = "\(Fixtures.shape) --batch-tokens 512"

  @Test func endsWithOneJSONLineAndAWholeDirectory() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 200), to: "corpus.txt")
    let outcome = try Program.run("pretrain corpus.txt \(Self.options) --steps 6", in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.lines.count == 1)
    #expect(outcome.json["output"] as? String == "corpus.mlm")
    #expect(outcome.json["objective"] as? String == "hybrid")
    #expect(outcome.json["steps"] as? Int == 6)
    #expect(outcome.json["tokens_per_second"] as? Double ?? 0 > 0)
    #expect((4..<7).contains(outcome.json["held_out_loss"] as? Double ?? 0))
    #expect(outcome.json["precision"] as? String == Precision.fastest.rawValue)
    // The first and the last step are always shown where lines are not rewritten.
    #expect(outcome.errors.contains("\nstep 1/6  loss "))
    #expect(outcome.errors.contains("\nstep 6/6  loss "))
    #expect(
      scratch.names("corpus.mlm").filter { $0.hasPrefix(".") || $0 == "tokens" }.isEmpty)
    for name in ["config.json", "model.safetensors", "tokenizer.json", "modules.json"] {
      #expect(scratch.exists("corpus.mlm/\(name)"))
    }
    #expect(scratch.names() == ["corpus.mlm", "corpus.txt"])
    let card = try scratch.text("corpus.mlm/README.md")
    #expect(card.contains("pipeline_tag: fill-mask"))
    #expect(card.contains("mlm pretrain corpus.txt --layers 1"))
  }

  @Test func sameBytesTwiceAndOnAnyNumberOfThreads() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 200), to: "c.txt")
    var weights: [Data] = []
    for (name, threads) in [("a", 1), ("b", 1), ("c", 2)] {
      let outcome = try Program.run(
        "pretrain c.txt \(Self.options) --steps 10 --dropout 0.1 --output \(name) "
          + "--threads \(threads) --quiet", in: scratch)
      #expect(outcome.code == 0)
      #expect(outcome.errors.isEmpty)
      weights.append(try scratch.data("\(name)/model.safetensors"))
    }
    #expect(weights[0] == weights[1])
    #expect(weights[0] == weights[2])
    let other = try Program.run(
      "pretrain c.txt \(Self.options) --steps 10 --dropout 0.1 --output d --seed 2", in: scratch)
    #expect(other.code == 0)
    #expect(try scratch.data("d/model.safetensors") != weights[0])
  }

  @Test func textFromAPipeGivesTheSameModel() throws {
    let scratch = try Scratch()
    let text = Fixtures.text(lines: 100)
    try scratch.write(text, to: "c.txt")
    let file = try Program.run("pretrain c.txt \(Self.options) --steps 4", in: scratch)
    let pipe = try Program.run(
      "pretrain - \(Self.options) --steps 4 --output p.mlm", in: scratch, input: text)
    #expect(file.code == 0 && pipe.code == 0)
    let malformed = try Program.start(
      "pretrain - \(Self.options) --steps 4 --output q.mlm --strict".split(separator: " ")
        .map(String.init), in: scratch, input: Data([0x61, 0x0A, 0xFF, 0x0A])
    ).finish()
    #expect(malformed.code == 65)
    #expect(malformed.error.hasPrefix("mlm: standard input:2: expected UTF-8, found "))
    #expect(
      try scratch.data("c.mlm/model.safetensors") == scratch.data("p.mlm/model.safetensors"))
    #expect(scratch.names() == ["c.mlm", "c.txt", "p.mlm"])
  }

  @Test func goesOnFromAnotherModel() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.write(fixtures.corpus, to: "c.txt")
    let outcome = try Program.run(
      [
        "pretrain", "c.txt", "--from", fixtures.model.path + "/", "--steps", "2",
        "--objective", "mlm", "--output", "next.mlm/",
      ], in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.json["output"] as? String == "next.mlm")
    #expect(
      try scratch.data("next.mlm/tokenizer.json")
        == Data(contentsOf: fixtures.model.appendingPathComponent("tokenizer.json")))
  }

  @Test func aBudgetFixesTheSteps() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 100), to: "c.txt")
    let outcome = try Program.run("pretrain c.txt \(Self.options) --budget 1s", in: scratch)
    #expect(outcome.code == 0)
    let steps = try #require(outcome.json["steps"] as? Int)
    #expect(steps >= 1)
    let again = try Program.run(
      "pretrain c.txt \(Self.options) --steps \(steps) --output again", in: scratch)
    #expect(again.code == 0)
    #expect(
      try scratch.data("c.mlm/model.safetensors") == scratch.data("again/model.safetensors"))
  }

  @Test func badTextLeavesNothingBehind() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "empty.txt")
    try scratch.write(" \n\n\t\n", to: "blank.txt")
    try scratch.write("too short\n", to: "short.txt")
    try scratch.write(Data([0x61, 0, 0x62, 0x0A]), to: "binary.txt")
    let good = Data(Fixtures.text(lines: 50).utf8)
    try scratch.write(good + Data([0xC3, 0x28, 0x0A]), to: "malformed.txt")
    try scratch.write("{\"text\":\"a\"}\nno json\n", to: "lines.jsonl")
    let before = scratch.names()
    let cases: [(String, Int32, String)] = [
      ("empty.txt", 65, "empty.txt"), ("blank.txt", 65, "blank.txt"), ("short.txt", 65, "token"),
      ("binary.txt", 65, "binary.txt"), ("malformed.txt --strict", 65, "malformed.txt:51"),
      ("lines.jsonl --text-field text", 65, "lines.jsonl:2"), ("none.txt", 66, "none.txt"),
      (".", 66, "."), ("malformed.txt --output none/x", 73, "none"),
      ("malformed.txt --output blank.txt", 73, "blank.txt"),
      ("malformed.txt --width 33 --heads 2", 64, "width"),
      ("malformed.txt --from none", 66, "none/config.json"),
    ]
    for (arguments, code, place) in cases {
      let isShaped = arguments.contains("--width") || arguments.contains("--from")
      let outcome = try Program.run(
        "pretrain \(arguments) --steps 2 " + (isShaped ? "" : Self.options), in: scratch)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.error.contains(place), "\(arguments): \(outcome.errors)")
      #expect(scratch.names() == before, "\(arguments)")
    }
    let wrongTokenizer = try Program.run(
      "pretrain malformed.txt --steps 2 --tokenizer short.txt", in: scratch)
    #expect(wrongTokenizer.code == 65)
    #expect(scratch.names() == before)
    let repaired = try Program.run("pretrain malformed.txt \(Self.options) --steps 2", in: scratch)
    #expect(repaired.code == 0)
    #expect(repaired.errors.contains("warning: malformed.txt: 1 malformed UTF-8 sequence replaced"))
  }

  @Test func anExistingOutputIsReplacedOnlyWhenToldTo() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 100), to: "c.txt")
    let line = "pretrain c.txt \(Self.options) --quiet --steps"
    #expect(try Program.run("\(line) 2", in: scratch).code == 0)
    let weights = try scratch.data("c.mlm/model.safetensors")
    let refused = try Program.run("\(line) 3", in: scratch)
    #expect(refused.code == 73)
    #expect(refused.error == "mlm: c.mlm: already exists; use --overwrite to replace it")
    #expect(try scratch.data("c.mlm/model.safetensors") == weights)
    #expect(try Program.run("\(line) 3 --overwrite", in: scratch).code == 0)
    #expect(try scratch.data("c.mlm/model.safetensors") != weights)
  }
}
