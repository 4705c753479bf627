import Foundation
import Testing

/// Texts that `embed` meets, and what it says of them.
@Suite struct EmbedTextTests {
  private func embed(
    _ options: [String], _ input: Data, in scratch: Scratch
  ) throws -> Program.Outcome {
    try Program.start(
      ["embed", "--model", try Fixtures.get().model.path] + options, in: scratch, input: input
    ).finish()
  }

  private func objects(_ outcome: Program.Outcome) throws -> [[String: Any]] {
    try outcome.lines.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  @Test func noTextNoVectors() throws {
    let scratch = try Scratch()
    for format in ["jsonl", "raw"] {
      let outcome = try embed(["--format", format], Data(), in: scratch)
      #expect(outcome.code == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
    }
    let matrix = try embed(["--format", "npy"], Data(), in: scratch)
    #expect(matrix.code == 0 && matrix.output.count == 128)
    #expect(matrix.output.range(of: Data("'shape': (0, 32)".utf8)) != nil)
  }

  @Test func malformedTextIsReplacedAndCounted() throws {
    let input = Data("the river\n".utf8) + Data([0x61, 0xFF, 0xFE, 0x62, 0x0A]) + Data("end".utf8)
    let outcome = try embed([], input, in: Scratch())
    #expect(outcome.code == 0)
    #expect(outcome.lines.count == 3)
    #expect(outcome.errors.contains("standard input: 2 malformed UTF-8 sequences replaced"))
    let repaired = try embed([], Data("the river\na\u{FFFD}\u{FFFD}b\nend".utf8), in: Scratch())
    #expect(repaired.output == outcome.output)
  }

  @Test func longTextsAsAskedFor() throws {
    let scratch = try Scratch()
    // 3 MB without a line's end.
    let long = String(repeating: "The warm river follows the old garden. ", count: 77_000)
    try scratch.write("short\n" + long + "\nlast\n", to: "in.txt")
    let model = try Fixtures.get().model.path
    func run(_ options: String...) throws -> Program.Outcome {
      try Program.run(["embed", "--model", model, "in.txt"] + options, in: scratch)
    }
    let cut = try run()
    #expect(cut.code == 0 && cut.errors.contains("1 of 3 texts cut"))
    let row = try objects(cut)[1]
    #expect(row["tokens"] as? Int == 512 && row["truncated"] as? Bool == true)
    let count = try #require(row["text_tokens"] as? Int)
    #expect(count > 77_000 && row["windows"] as? Int == 1)
    let whole = try run("--long", "windows", "--quiet")
    #expect(whole.code == 0 && whole.errors.isEmpty)
    let windows = try objects(whole)[1]
    let parts = (count - 2 + 509) / 510
    #expect(windows["windows"] as? Int == parts && windows["truncated"] as? Bool == false)
    #expect(windows["tokens"] as? Int == count + 2 * (parts - 1))
    let refused = try run("--long", "error", "--output", "v")
    #expect(refused.code == 65)
    #expect(refused.error == "mlm: in.txt:2: expected at most 512 tokens, found \(count)")
    #expect(scratch.names() == ["in.txt"])
    #expect(try run("--long", "other").code == 64)
  }

  @Test func dimensionsAndPrompts() throws {
    let scratch = try Scratch()
    let input = Data("the quiet river\n".utf8)
    let whole = try embed(["--format", "raw"], input, in: scratch).output
    let few = try embed(["--format", "raw", "--dimensions", "8"], input, in: scratch).output
    #expect(whole.count == 128 && few.count == 32)
    let prompted = try embed(
      ["--format", "raw", "--prompt", "the "], Data("quiet river".utf8), in: scratch)
    #expect(prompted.output == whole)
    for (options, name) in [
      (
        ["--dimensions", "33"], "--dimensions: expected a number from 1 to the model's 32, found 33"
      ),
      (["--dimensions", "0"], "--dimensions"), (["--prompt-name", "query"], "--prompt-name"),
      (["--prompt", "a", "--prompt-name", "b"], "--prompt-name"),
    ] {
      let outcome = try embed(options + ["--output", "v"], input, in: scratch)
      #expect(outcome.code == 64 && outcome.error.contains(name), "\(options)")
    }
    #expect(scratch.names().isEmpty)
  }

  #if os(Linux)
    @Test(arguments: ["jsonl", "npy", "raw"])
    func aFullDiskIsAnError(format: String) throws {
      let outcome = try embed(
        ["--format", format, "--output", "/dev/full"], Data(Fixtures.text(lines: 3000).utf8),
        in: Scratch())
      #expect(outcome.code == 74)
      #expect(outcome.errors.hasPrefix("mlm: /dev/full: "))
    }
  #endif

  @Test func similarityIsTheCosine() throws {
    let scratch = try Scratch()
    let model = try Fixtures.get().model.path
    func similarity(_ arguments: String...) throws -> Program.Outcome {
      try Program.run(["similarity", "--model", model] + arguments, in: scratch)
    }
    let same = try similarity("the river", "the river")
    #expect(same.code == 0 && same.text == "{\"similarity\":1.0}\n" && same.errors.isEmpty)
    let outcome = try similarity("the quiet river", "a broken engine")
    let value = try #require(outcome.json["similarity"] as? Double)
    #expect(outcome.json.count == 1)
    #expect(try similarity("the quiet river", "a broken engine", "--json").output == outcome.output)
    let vectors = try objects(
      embed([], Data("the quiet river\na broken engine\n".utf8), in: scratch)
    ).map { $0["embedding"] as? [Double] ?? [] }
    let expected = zip(vectors[0], vectors[1]).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(value - expected) < 1e-6 && value < 0.999999)
    #expect(try similarity("only one").code == 64)
    let long = try similarity(String(repeating: "warm ", count: 900), "x", "--long", "error")
    #expect(long.code == 65)
  }
}
