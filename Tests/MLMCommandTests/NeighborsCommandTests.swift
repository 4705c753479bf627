import Foundation
import Testing

@Suite struct NeighborsCommandTests {
  // Some lines twice.
  private static let lines =
    Fixtures.text(lines: 2300).split(separator: "\n").map(String.init)
    + ["", "caf\u{E9}\twith a tab"]
    + Fixtures.text(lines: 40).split(separator: "\n").map(String.init)
  private static let questions =
    Fixtures.text(lines: 70, seed: 9).split(separator: "\n").map(String.init) + [lines[3], ""]

  private struct Answer: Decodable {
    struct Neighbor: Decodable, Equatable {
      var line: Int
      var score: Double
      var text: String
    }
    var query: String
    var neighbors: [Neighbor]
  }

  private let scratch: Scratch
  private let model: String

  init() throws {
    scratch = try Scratch()
    model = try Fixtures.get().model.path
    try scratch.write(Self.lines.joined(separator: "\n") + "\n", to: "in.txt")
    try scratch.write(Self.questions.joined(separator: "\n") + "\n", to: "q.txt")
  }

  private func build(_ options: String...) throws -> Program.Outcome {
    try Program.run(
      ["neighbors", "build", "in.txt", "--model", model, "--output", "index"] + options,
      in: scratch)
  }

  private func query(_ options: String..., input: String = "") throws -> Program.Outcome {
    try Program.run(["neighbors", "query", "index"] + options, in: scratch, input: input)
  }

  private func answers(_ outcome: Program.Outcome) throws -> [Answer] {
    try outcome.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
  }

  private func vectors(_ file: String) throws -> [[Double]] {
    let raw = try Program.run(
      ["embed", "--model", model, file, "--format", "raw"], in: scratch)
    let numbers = raw.output.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    return stride(from: 0, to: numbers.count, by: 32).map {
      numbers[$0..<$0 + 32].map(Double.init)
    }
  }

  @Test func answersAreThoseOfComparingEverything() throws {
    #expect(try build().code == 0)
    #expect(scratch.names("index") == ["index.json", "starts.u64", "texts.txt", "vectors.npy"])
    let outcome = try query("q.txt", "--count", "7", "--json")
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let answers = try answers(outcome)
    #expect(answers.map(\.query) == Self.questions)
    let (rows, questions) = (try vectors("in.txt"), try vectors("q.txt"))
    for (answer, question) in zip(answers, questions) {
      let scores = rows.map { row in zip(row, question).reduce(0) { $0 + $1.0 * $1.1 } }
      #expect(answer.neighbors.count == 7)
      for neighbor in answer.neighbors {
        #expect(neighbor.text == Self.lines[neighbor.line - 1])
        #expect(abs(neighbor.score - scores[neighbor.line - 1]) < 2e-6)
      }
      for (a, b) in zip(answer.neighbors, answer.neighbors.dropFirst()) {
        #expect(a.score > b.score || (a.score == b.score && a.line < b.line))
      }
      let taken = Set(answer.neighbors.map { $0.line - 1 })
      let best = scores.indices.filter { !taken.contains($0) }.map { scores[$0] }.max() ?? -1
      #expect(best <= (answer.neighbors.last?.score ?? -1) + 2e-6)
    }
    // A line of the text is nearest to itself, first where it comes first.
    let own = answers[70].neighbors
    #expect(own[0].line == 4 && own[0].score == 1 && own[1].line == 2306 && own[1].score == 1)
  }

  @Test func threadsAndBatchesDoNotMatter() throws {
    #expect(try build("--threads", "1").code == 0)
    let one = try query("q.txt", "--threads", "1", "--json")
    #expect(one.code == 0)
    #expect(try query("q.txt", "--threads", "3", "--json").output == one.output)
    #expect(
      try query("-", "--json", input: Self.questions.joined(separator: "\n") + "\n").output
        == one.output)
    let plain = try query("--count", "2", input: "the river\nthe engine\n")
    let blocks = plain.text.components(separatedBy: "\n\n")
    #expect(blocks.count == 2)
    let fields = blocks[0].split(separator: "\n")[0].split(separator: "\t")
    #expect(fields.count == 3 && fields[2] == Self.lines[(Int(fields[1]) ?? 1) - 1])
    // No more neighbors than lines.
    let all = try answers(query("--count", "100000", "--json", input: "the river\n"))
    #expect(all[0].neighbors.count == Self.lines.count)
    #expect(Set(all[0].neighbors.map(\.line)).count == Self.lines.count)
    #expect(try query("--json", input: "").output.isEmpty)
  }

  @Test func anotherModelIsRefused() throws {
    #expect(try build().code == 0)
    let other = try Fixtures.get().causal.path
    let outcome = try query("q.txt", "--model", other)
    #expect(outcome.code == 65 && outcome.error.contains("made with another model"))
    // A copy is the same model.
    try scratch.copy(try Fixtures.get().model, to: "copy.mlm")
    #expect(try query("q.txt", "--model", "copy.mlm").code == 0)
  }

  @Test func whatIsThereIsNotLost() throws {
    #expect(try build().code == 0)
    let again = try build()
    #expect(again.code == 73)
    try scratch.write("one\ntwo\n", to: "in.txt")
    #expect(try build("--overwrite", "--dimensions", "8").code == 0)
    #expect(try answers(query("--json", input: "one\n"))[0].neighbors.count == 2)
    #expect(scratch.names() == ["in.txt", "index", "q.txt"])
    try FileManager.default.createDirectory(
      at: scratch.path("mine"), withIntermediateDirectories: true)
    try scratch.write("x", to: "mine/file")
    let foreign = try Program.run(
      ["neighbors", "build", "in.txt", "--model", model, "--output", "mine", "--overwrite"],
      in: scratch)
    #expect(foreign.code == 73 && scratch.exists("mine/file"))
    let missing = try Program.run(
      ["neighbors", "build", "none.txt", "--model", model, "--output", "new"], in: scratch)
    #expect(missing.code == 66 && !scratch.exists("new"))
  }

  @Test func damagedIndexesAreRefused() throws {
    #expect(try build().code == 0)
    #expect(try Program.run("neighbors query nothing", in: scratch).code == 66)
    let files = try ["index.json", "vectors.npy", "texts.txt", "starts.u64"].map {
      ($0, try scratch.data("index/" + $0))
    }
    for (name, data) in files {
      for damaged in [data.dropLast(), data + [0x0A, 0x0A], Data()]
      where name != "index.json" || damaged.count < data.count {
        try scratch.write(Data(damaged), to: "index/" + name)
        let outcome = try query(input: "the river\n")
        // White space after JSON, and the last byte before it, mean nothing.
        if name == "index.json" && !damaged.isEmpty { continue }
        #expect(outcome.code == 65, "\(name): \(outcome.errors)")
      }
      try FileManager.default.removeItem(at: scratch.path("index/" + name))
      #expect(try query(input: "the river\n").code == 66, "\(name)")
      try scratch.write(data, to: "index/" + name)
    }
    var starts = files[3].1
    starts.replaceSubrange(8..<16, with: Data(repeating: 0xFF, count: 8))
    try scratch.write(starts, to: "index/starts.u64")
    let outcome = try query("--count", "100000", input: "the river\n")
    #expect(outcome.code == 65 && outcome.error.contains("starts.u64"))
  }

  @Test func anIndexOfNothing() throws {
    try scratch.write("", to: "in.txt")
    #expect(try build().code == 0)
    let answers = try answers(query("--json", input: "the river\n"))
    #expect(answers.count == 1 && answers[0].neighbors.isEmpty)
  }
}
