import Foundation
import Testing

/// Outputs that cannot be written to.
@Suite struct OutputErrorTests {
  #if os(Linux)
    @Test(arguments: ["--version", "--help", "info", "info --json"])
    func aFullDiskIsAWriteError(line: String) throws {
      try expectWriteError(line.split(separator: " ").map(String.init))
    }

    @Test func aFullDiskStopsStreams() throws {
      let fixtures = try Fixtures.get()
      let input = Data(fixtures.corpus.utf8)
      try expectWriteError(["embed", "--model", fixtures.model.path], input)
      try expectWriteError(["predict", "--model", fixtures.classifier.path], input)
      try expectWriteError(["tokenizer", "encode", "--tokenizer", fixtures.model.path], input)
      try expectWriteError(["fill", "a [MASK]", "--model", fixtures.model.path])
      try expectWriteError(["generate", "a", "--model", fixtures.causal.path])
    }

    private func expectWriteError(_ arguments: [String], _ input: Data = Data()) throws {
      let outcome = try Program.start(
        arguments, in: Scratch(), input: input, output: "/dev/full"
      ).finish()
      #expect(outcome.code == 74, "\(arguments)")
      #expect(outcome.errors == "mlm: standard output: No space left on device\n")
    }
  #endif

  @Test func closedDescriptorsAreNotTakenForFiles() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 100), to: "c.txt")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = scratch.folder
    process.arguments = [
      "-c",
      "\"$0\" pretrain c.txt \(Fixtures.shape) --steps 2 --batch-tokens 512 <&- >&- 2>&-",
      Program.executable.path,
    ]
    try process.run()
    process.waitUntilExit()
    // The model is whole; only its summary had nowhere to go.
    #expect(process.terminationStatus == 74)
    let model = try Program.run("info c.mlm", in: scratch)
    #expect(model.code == 0)
  }

  @Test func aReaderThatGoesAwayIsNoError() throws {
    let scratch = try Scratch()
    let fixtures = try Fixtures.get()
    try scratch.write(String(repeating: fixtures.corpus, count: 20), to: "c.txt")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = scratch.folder
    process.arguments = [
      "-c",
      "{ \"$0\" tokenizer encode --tokenizer \"$1\" c.txt; echo $? > code; } 2> errors | head -1 > out",
      Program.executable.path, fixtures.model.path,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(try scratch.text("errors").isEmpty)
    #expect(try scratch.text("code") == "141\n")
    #expect(try scratch.text("out").hasPrefix("2 "))
  }
}
