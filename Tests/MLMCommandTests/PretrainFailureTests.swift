import Foundation
import Testing

/// Runs that cannot be begun, ended or gone on with: one line, the right code, and nothing lost.
@Suite struct PretrainFailureTests {
  private static let options = "\(Fixtures.shape) --batch-tokens 256 --sequence-length 32 --quiet"

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 120), to: "c.txt")
    return scratch
  }

  @Test func aLastStepThatDiverges() throws {
    let scratch = try scratch()
    let outcome = try Program.run(
      "pretrain c.txt \(Self.options) --steps 1 --learning-rate 1e10 --warmup 0", in: scratch)
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("after step 1"))
    #expect(scratch.names() == ["c.txt"])
  }

  @Test func aModelThatNoMachineHolds() throws {
    let scratch = try scratch()
    let outcome = try Program.run(
      "pretrain c.txt --vocab-size 300 --layers 1024 --width 65536 --heads 64 --steps 1 --quiet",
      in: scratch)
    #expect(outcome.code == 64)
    #expect(outcome.error.contains("memory"))
    #expect(scratch.names() == ["c.txt"])
  }

  @Test func whatIsNoRunIsNotGoneOnWith() throws {
    let scratch = try scratch()
    let fixtures = try Fixtures.get()
    try scratch.copy(fixtures.classifier, to: "c.mlm")
    let before = scratch.names("c.mlm")
    let weights = try scratch.data("c.mlm/model.safetensors")
    let line = "pretrain c.txt \(Self.options) --steps 2"
    let refused = try Program.run("\(line) --resume", in: scratch)
    #expect(refused.code == 73)
    #expect(refused.error.hasPrefix("mlm: c.mlm: "))
    #expect(scratch.names("c.mlm") == before)
    #expect(try scratch.data("c.mlm/model.safetensors") == weights)
  }

  @Test func aModelFineTunedOntoARunIsNotTheRun() throws {
    let scratch = try scratch()
    try scratch.write(Fixtures.labelled(lines: 60), to: "r.tsv")
    let line = "pretrain c.txt \(Self.options) --snapshot-every 2 --steps 5"
    #expect(try Program.run("\(line) --output m.mlm", in: scratch).code == 0)
    #expect(scratch.exists("m.mlm/checkpoint-4"))
    let tuned = try Program.run(
      "finetune r.tsv --model m.mlm --output m.mlm --overwrite --epochs 1 --max-length 32 --quiet",
      in: scratch)
    #expect(tuned.code == 0)
    #expect(!scratch.names("m.mlm").contains { $0.hasPrefix("checkpoint") || $0.contains("state") })
    let weights = try scratch.data("m.mlm/model.safetensors")
    let resumed = try Program.run("\(line) --output m.mlm --resume", in: scratch)
    #expect(resumed.code == 73)
    #expect(try scratch.data("m.mlm/model.safetensors") == weights)
  }

  @Test func optionsAndFilesOfAFinishedRun() throws {
    let scratch = try scratch()
    try scratch.write(Fixtures.text(lines: 121), to: "other.txt")
    let line = "pretrain c.txt \(Self.options) --steps 3"
    let finished = try Program.run(line, in: scratch)
    #expect(finished.code == 0)
    // The fourth step is the first that counts.
    #expect(finished.json["tokens_per_second"] is NSNull)
    let resume = "\(Self.options) --output c.mlm --resume"
    let cases: [(String, Int32, String)] = [
      ("c.txt \(resume) --steps 3", 0, ""), ("c.txt \(resume)", 0, ""),
      ("c.txt \(resume) --documents line", 0, ""),
      ("c.txt \(resume) --budget 9s", 64, "budget: stored none"),
      ("c.txt --output c.mlm --resume --from x.mlm", 64, "model to go on from: stored none"),
      ("c.txt \(resume) --documents file", 64, "documents: stored line, given file"),
      ("c.txt \(resume) --text-field body", 64, "text field: stored none, given body"),
      ("other.txt \(resume)", 64, "the text is not the one"),
      ("none.txt \(resume)", 66, "none.txt"),
    ]
    for (arguments, code, word) in cases {
      let outcome = try Program.run("pretrain \(arguments)", in: scratch)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(code == 0 ? outcome.text == finished.text : outcome.error.contains(word))
    }
  }

  @Test func aSnapshotThatIsNotWholeIsPassedOver() throws {
    let scratch = try scratch()
    let line = "pretrain c.txt \(Self.options) --snapshot-every 2 --steps 7"
    let finished = try Program.run(line, in: scratch)
    #expect(finished.code == 0)
    let weights = try scratch.data("c.mlm/model.safetensors")
    for name in ["trainer_state.json", "checkpoint-6/optimizer.safetensors"] {
      try FileManager.default.removeItem(at: scratch.path("c.mlm/\(name)"))
    }
    let resumed = try Program.run("\(line) --resume", in: scratch)
    #expect(resumed.code == 0)
    #expect(resumed.errors.contains("checkpoint-6/optimizer.safetensors"))
    #expect(try scratch.data("c.mlm/model.safetensors") == weights)
    for name in ["trainer_state.json", "checkpoint-4/trainer_state.json"] {
      try FileManager.default.removeItem(at: scratch.path("c.mlm/\(name)"))
    }
    try FileManager.default.removeItem(at: scratch.path("c.mlm/checkpoint-6/trainer_state.json"))
    let refused = try Program.run("\(line) --resume", in: scratch)
    #expect(refused.code == 65)
    #expect(refused.error.contains("checkpoint-6/trainer_state.json: no such file"))
    #expect(refused.error.contains("checkpoint-4/trainer_state.json: no such file"))
  }

  @Test func messagesNameTheFiles() throws {
    let scratch = try scratch()
    try scratch.write("too short\n", to: "short.txt")
    let short = try Program.run("pretrain short.txt \(Self.options)", in: scratch)
    #expect(short.code == 65)
    #expect(short.error.hasPrefix("mlm: short.txt: the text is shorter than one sequence"))
    let good = Data(Fixtures.text(lines: 50).utf8)
    try scratch.write(good + Data([0xC3, 0x28, 0x0A]), to: "bad.txt")
    let pipe = try Program.start(
      ["pretrain", "c.txt", "bad.txt", "-", "--steps", "1"]
        + Self.options.split(separator: " ").map(String.init), in: scratch,
      input: Data([0x61, 0xFF, 0x62, 0xFF, 0x0A])
    ).finish()
    #expect(pipe.code == 0)
    #expect(pipe.errors.contains("warning: bad.txt: 1 malformed UTF-8 sequence replaced"))
    #expect(pipe.errors.contains("warning: standard input: 2 malformed UTF-8 sequences replaced"))
    #expect(!pipe.errors.contains("warning: c.txt"))
  }

  @Test func textOfOneDocument() throws {
    let scratch = try scratch()
    let line = "pretrain c.txt \(Self.options) --steps 2 --documents file"
    let whole = try Program.run(line, in: scratch)
    #expect(whole.code == 0)
    #expect(whole.json["held_out_loss"] as? Double ?? 0 > 1)
    #expect(!whole.errors.contains("warning"))
    let sentence = Fixtures.text(lines: 40).split(separator: "\n").joined(separator: " ") + "\n"
    try scratch.write(sentence + sentence, to: "copies.txt")
    let copies = try Program.run("pretrain copies.txt \(Self.options) --steps 2", in: scratch)
    #expect(copies.code == 0)
    #expect(copies.json["held_out_loss"] is NSNull)
    #expect(copies.errors.contains("warning: no text is held out"))
  }
}
