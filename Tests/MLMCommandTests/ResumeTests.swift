import Foundation
import Testing

/// Runs that are interrupted end with the same bytes as runs that are not.
@Suite(.serialized) struct ResumeTests {
  private static let steps = 150
  private static let options =
    "\(Fixtures.shape) --batch-tokens 1024 --steps \(steps) --snapshot-every 10 --threads 2"

  private static let reference = Result {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 400), to: "c.txt")
    let outcome = try Program.run("pretrain c.txt \(options) --quiet", in: scratch)
    #expect(outcome.code == 0)
    return (weights: try scratch.data("c.mlm/model.safetensors"), last: outcome.text)
  }

  private func interrupted(by signal: Int32) throws -> (Scratch, Program.Outcome) {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 400), to: "c.txt")
    let arguments = "pretrain c.txt \(Self.options)".split(separator: " ").map(String.init)
    let running = try Program.start(arguments, in: scratch)
    running.wait { _ in scratch.exists("c.mlm/checkpoint-10/config.json") }
    running.kill(signal)
    return (scratch, try running.finish())
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalFinishesTheStepAndResumeGoesOn(signal: Int32) throws {
    let reference = try Self.reference.get()
    let (scratch, stopped) = try interrupted(by: signal)
    #expect(stopped.code == 75)
    #expect(stopped.output.isEmpty)
    let words = stopped.error.split(separator: " ")
    let step = try #require(
      words.firstIndex(of: "step").flatMap { Int(words[words.index(after: $0)]) })
    #expect(stopped.error == "mlm: c.mlm: stopped after step \(step) of 150; --resume goes on")
    #expect(scratch.exists("c.mlm/checkpoint-\(step)/optimizer.safetensors"))
    #expect(!scratch.exists("c.mlm/config.json"))
    let other = try Program.run("pretrain c.txt \(Self.options) --resume --seed 9", in: scratch)
    #expect(other.code == 64)
    #expect(other.error.contains("seed: stored 1, given 9"))
    let resumed = try Program.run("pretrain c.txt \(Self.options) --resume", in: scratch)
    #expect(resumed.code == 0)
    #expect(resumed.errors.contains("going on after step \(step)"))
    #expect(try scratch.data("c.mlm/model.safetensors") == reference.weights)
  }

  @Test func aKilledRunGoesOnFromItsSnapshot() throws {
    let reference = try Self.reference.get()
    let (scratch, killed) = try interrupted(by: SIGKILL)
    #expect(killed.code == 128 + SIGKILL)
    let resumed = try Program.run("pretrain c.txt --resume", in: scratch)
    #expect(resumed.code == 0)
    #expect(try scratch.data("c.mlm/model.safetensors") == reference.weights)
    #expect(scratch.names("c.mlm").filter { $0.contains("writing") || $0 == ".lock" }.isEmpty)

    // A finished run changes nothing and says the same again.
    let before = try scratch.data("c.mlm/trainer_state.json")
    let again = try Program.run("pretrain c.txt --resume", in: scratch)
    #expect(again.code == 0)
    #expect(again.text == resumed.text)
    #expect(try scratch.data("c.mlm/trainer_state.json") == before)
  }

  @Test func otherTextIsNotGoneOnWith() throws {
    let (scratch, stopped) = try interrupted(by: SIGTERM)
    #expect(stopped.code == 75)
    // As many bytes, documents and tokens, but other text.
    var lines = Fixtures.text(lines: 400).split(separator: "\n")
    lines.swapAt(3, 9)
    try scratch.write(lines.joined(separator: "\n") + "\n", to: "c.txt")
    let outcome = try Program.run("pretrain c.txt \(Self.options) --resume", in: scratch)
    #expect(outcome.code == 64)
    #expect(outcome.error.contains("the text is not the one"))
  }

  @Test func aSecondProcessIsKeptOut() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 400), to: "c.txt")
    let arguments = "pretrain c.txt \(Self.options)".split(separator: " ").map(String.init)
    let running = try Program.start(arguments, in: scratch)
    running.wait { $0.messages.contains("step   1/") }
    for option in ["--resume", "--overwrite", ""] {
      let second = try Program.run("pretrain c.txt \(Self.options) \(option)", in: scratch)
      #expect(second.code == 73)
      #expect(second.error == "mlm: c.mlm: another process is writing to it")
    }
    // Two signals: the second ends the process at once.
    running.kill(SIGSTOP)
    running.kill(SIGINT)
    running.kill(SIGTERM)
    running.kill(SIGCONT)
    let outcome = try running.finish()
    #expect([128 + SIGTERM, 128 + SIGINT].contains(outcome.code))
  }

  @Test func resumeWithoutASnapshotStarts() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 100), to: "c.txt")
    let outcome = try Program.run(
      "pretrain c.txt \(Fixtures.shape) --batch-tokens 512 --steps 3 --resume", in: scratch)
    #expect(outcome.code == 0)
  }
}
