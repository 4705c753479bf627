import Foundation
import Testing

/// Runs of `embed --output` that do not reach their end at once.
@Suite struct EmbedResumeTests {
  private static let text = Fixtures.text(lines: 30_000)
  private let scratch: Scratch
  private let embed: [String]

  init() throws {
    scratch = try Scratch()
    try scratch.write(Self.text, to: "in.txt")
    embed = ["embed", "--model", try Fixtures.get().model.path, "in.txt", "--quiet"]
  }

  /// Starts a run and sends it a signal once it has written something.
  private func interrupted(_ options: [String], by signal: Int32) throws -> Program.Outcome {
    let running = try Program.start(embed + options, in: scratch)
    let partial = scratch.path("v.partial").path
    running.wait { _ in
      let size = (try? FileManager.default.attributesOfItem(atPath: partial)[.size]) as? Int ?? 0
      return size > 200_000
    }
    running.kill(signal)
    return try running.finish()
  }

  private func run(_ options: String...) throws -> Program.Outcome {
    try Program.run(embed + options, in: scratch)
  }

  @Test(arguments: ["jsonl", "npy", "raw"])
  func aKilledRunLosesNothing(format: String) throws {
    #expect(try run("--format", format, "--output", "whole").code == 0)
    let killed = try interrupted(["--format", format, "--output", "v"], by: SIGKILL)
    #expect(killed.code == 128 + SIGKILL)
    #expect(scratch.names() == ["in.txt", "v.partial", "v.partial.json", "whole"])
    let kept = try scratch.data("v.partial")
    #expect(kept.count < (try scratch.data("whole")).count)
    // As if a vector had been half written.
    try scratch.write(kept.dropLast(7), to: "v.partial")
    let resumed = try run("--format", format, "--output", "v", "--resume")
    #expect(resumed.code == 0 && resumed.errors.isEmpty)
    #expect(try scratch.data("v") == scratch.data("whole"))
    #expect(scratch.names() == ["in.txt", "v", "whole"])
    // A finished run is left as it is.
    try scratch.write("mine", to: "v")
    #expect(try run("--format", format, "--output", "v", "--resume").code == 0)
    #expect(try scratch.text("v") == "mine")
  }

  @Test func aStoppedRunSaysSo() throws {
    let stopped = try interrupted(["--format", "raw", "--output", "v"], by: SIGINT)
    #expect(stopped.code == 75)
    #expect(stopped.error.contains("v: stopped after ") && stopped.error.contains("--resume"))
    let size = try scratch.data("v.partial").count
    #expect(size > 0 && size % (4 * 32) == 0)
    // Whoever does not say what to do with it gets an error, and nothing is lost.
    let again = try run("--format", "raw", "--output", "v")
    #expect(again.code == 73 && again.error.contains("--resume"))
    #expect(try scratch.data("v.partial").count == size)
    #expect(try run("--format", "raw", "--output", "v", "--overwrite").code == 0)
    #expect(try scratch.data("v").count == 30_000 * 4 * 32)
  }

  @Test func otherOptionsAreRefused() throws {
    let stopped = try interrupted(["--format", "raw", "--output", "v"], by: SIGINT)
    #expect(stopped.code == 75)
    let kept = try scratch.data("v.partial")
    for (options, name) in [
      (["--format", "jsonl"], "--format"),
      (["--format", "raw", "--dimensions", "8"], "--dimensions"),
      (["--format", "raw", "--long", "windows"], "--long"),
      (["--format", "raw", "--prompt", "So: "], "--prompt"),
      (["--format", "raw", "--model", try Fixtures.get().classifier.path], "--model"),
    ] {
      let outcome = try Program.run(
        embed + options + ["--output", "v", "--resume"], in: scratch)
      #expect(outcome.code == 64, "\(options)")
      #expect(outcome.error.contains("--resume: \(name): the run was begun with"), "\(options)")
    }
    try scratch.write("Another text.\n" + Self.text, to: "in.txt")
    let other = try run("--format", "raw", "--output", "v", "--resume")
    #expect(other.code == 64 && other.error.contains("--resume: text: "))
    #expect(try scratch.data("v.partial") == kept)
  }

  @Test func withoutAPartTheBeginningIsTheStart() throws {
    try scratch.write("one\ntwo\n", to: "in.txt")
    #expect(try run("--output", "v", "--resume").code == 0)
    #expect(try scratch.text("v") == run().text)
    #expect(scratch.names() == ["in.txt", "v"])
  }

  @Test func optionsThatMakeNoSense() throws {
    #expect(try run("--resume").code == 64)
    #expect(try run("--resume", "--overwrite", "--output", "v").code == 64)
    #expect(try run("--resume", "--output", "/dev/null").code == 64)
    #expect(scratch.names() == ["in.txt"])
  }
}
