import Foundation
import Testing

@Suite struct InferenceCommandTests {
  private static let lines = [
    "the river", "", "a\u{2028}b", String(repeating: "warm ", count: 700),
  ]
  private static let input = lines.joined(separator: "\n") + "\n"

  private struct Vector: Decodable {
    var embedding: [Float]
    var tokens: Int
    var truncated: Bool
  }

  @Test func embeddingsHaveTheSameNumbersInEveryFormat() throws {
    let scratch = try Scratch()
    let model = try Fixtures.get().model.path
    let json = try Program.run(["embed", "--model", model], in: scratch, input: Self.input)
    #expect(json.code == 0)
    #expect(json.errors.contains("warning: 1 of 4 texts cut"))
    let vectors = try json.text.split(separator: "\n").map {
      try JSONDecoder().decode(Vector.self, from: Data($0.utf8))
    }
    #expect(vectors.count == 4)
    #expect(vectors.map(\.truncated) == [false, false, false, true])
    #expect(vectors[1].tokens == 2)
    #expect(vectors[3].tokens == 512)
    for vector in vectors {
      #expect(vector.embedding.count == 32)
      let length = vector.embedding.reduce(0) { $0 + Double($1) * Double($1) }
      #expect(abs(length - 1) < 1e-5)
    }
    let raw = try Program.run(
      ["embed", "--model", model, "--format", "raw"], in: scratch, input: Self.input)
    let numbers = raw.output.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(numbers == vectors.flatMap(\.embedding))
    let pipe = try Program.run(
      ["embed", "--model", model, "--format", "npy"], in: scratch, input: Self.input)
    #expect(pipe.output.suffix(4 * 4 * 32) == raw.output)
    #expect(pipe.output.count == 128 + raw.output.count)
    #expect(pipe.output.range(of: Data("'shape': (4, 32)".utf8)) != nil)
    try scratch.write(Self.input, to: "in.txt")
    let file = try Program.run(
      ["embed", "--model", model, "in.txt", "--format", "npy", "--output", "v.npy"], in: scratch)
    #expect(file.code == 0 && file.output.isEmpty)
    #expect(try scratch.data("v.npy") == pipe.output)
    let again = try Program.run(
      ["embed", "--model", model, "in.txt", "--format", "npy", "--output", "v.npy"], in: scratch)
    #expect(again.code == 73)
    #expect(scratch.names() == ["in.txt", "v.npy"])
  }

  @Test func embeddingsFollowTheirOptions() throws {
    let scratch = try Scratch()
    let model = try Fixtures.get().model.path
    func embed(_ options: [String]) throws -> Vector {
      let outcome = try Program.run(
        ["embed", "--model", model] + options, in: scratch, input: "the quiet river\n")
      return try JSONDecoder().decode(Vector.self, from: outcome.output)
    }
    let mean = try embed([])
    #expect(try embed(["--pooling", "mean", "--threads", "2"]).embedding == mean.embedding)
    #expect(try embed(["--pooling", "first"]).embedding != mean.embedding)
    #expect(try embed(["--pooling", "max"]).embedding != mean.embedding)
    let long = try embed(["--no-normalize"])
    let length = long.embedding.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(length - 1) > 1e-3)
    #expect(zip(long.embedding, mean.embedding).allSatisfy { abs($0 / length - $1) < 1e-5 })
    let cut = try embed(["--max-length", "4"])
    #expect(cut.tokens == 4 && cut.truncated)
  }

  @Test(arguments: [("embed", "the quiet river\n"), ("predict", "Wonderful\n")])
  func precisionChangesTheLastDigits(command: String, input: String) throws {
    let scratch = try Scratch()
    let fixtures = try Fixtures.get()
    let model = command == "embed" ? fixtures.model.path : fixtures.classifier.path
    let texts = try [[], ["--precision", "float32"], ["--precision", "bfloat16"]].map { option in
      let outcome = try Program.run(
        [command, "--model", model, "--json"] + option, in: scratch, input: input)
      #expect(outcome.code == 0)
      return outcome.text
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] != texts[2])
    let numbers = texts.map { $0.matches(of: /-?\d+\.\d+(e-?\d+)?/).compactMap { Double($0.0) } }
    #expect(numbers[0].count == numbers[2].count && numbers[0].count >= 2)
    for (a, b) in zip(numbers[0], numbers[2]) { #expect(abs(a - b) < 0.03) }
  }

  @Test func manyLinesStayInOrder() throws {
    let scratch = try Scratch()
    let model = try Fixtures.get().model.path
    // More than one block, of lines of different length.
    let lines = (0..<1100).map { String(repeating: "warm ", count: $0 * 7 % 40) + "\($0)" }
    let json = try Program.run(
      ["embed", "--model", model], in: scratch, input: lines.joined(separator: "\n"))
    let counts = try Program.run(
      ["tokenizer", "encode", "--count", "--tokenizer", model], in: scratch,
      input: lines.joined(separator: "\n"))
    let tokens = try json.text.split(separator: "\n").map {
      try JSONDecoder().decode(Vector.self, from: Data($0.utf8)).tokens
    }
    #expect(tokens == counts.lines.compactMap { Int($0) })
    #expect(tokens.count == 1100)
  }

  @Test func predictionsHaveALineEach() throws {
    let scratch = try Scratch()
    let model = try Fixtures.get().classifier.path
    let plain = try Program.run(
      ["predict", "--model", model], in: scratch, input: "Wonderful\r\n\nDull\u{85}x")
    #expect(plain.code == 0)
    #expect(plain.lines.count == 3)
    let json = try Program.run(
      ["predict", "--model", model, "--json"], in: scratch, input: "Wonderful\n\nDull\u{85}x")
    for (line, object) in zip(plain.lines, json.lines) {
      let fields = line.split(separator: "\t")
      let value =
        try JSONSerialization.jsonObject(with: Data(object.utf8)) as? [String: Any] ?? [:]
      let label = try #require(value["label"] as? String)
      let probabilities = try #require(value["probabilities"] as? [String: Double])
      #expect(probabilities.keys.sorted() == ["good", "poor"])
      #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-5)
      #expect(fields.count == 2 && fields[0] == label)
      #expect(abs((Double(fields[1]) ?? 0) - (probabilities[label] ?? 1)) < 1e-6)
    }
  }

  @Test func masksAreFilled() throws {
    let scratch = try Scratch()
    let model = try Fixtures.get().model.path
    let text = "The [MASK] river and the [MASK] garden."
    let json = try Program.run(
      ["fill", "--model", model, text, "--top", "3", "--json"], in: scratch)
    #expect(json.lines.count == 2)
    for line in json.lines {
      let array =
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [[String: Any]] ?? []
      let probabilities = array.compactMap { $0["probability"] as? Double }
      #expect(probabilities.count == 3)
      #expect(probabilities == probabilities.sorted(by: >))
      #expect(array.allSatisfy { $0["token"] is String })
    }
    let plain = try Program.run(["fill", "--model", model, text], in: scratch)
    #expect(plain.text.components(separatedBy: "\n").count == 5 + 1 + 5 + 1)
    let none = try Program.run(["fill", "--model", model, "no gap"], in: scratch)
    #expect(none.code == 65)
    #expect(none.error.contains("[MASK]"))
    let lines = try Program.run(
      ["fill", "--model", model, "-", "--json"], in: scratch, input: "a [MASK]\nno gap\n")
    #expect(lines.code == 65)
    #expect(lines.lines.count == 1)
    #expect(lines.error.contains("standard input:2"))
  }

  @Test func threadsAndQuietAreAcceptedEverywhere() throws {
    let scratch = try Scratch()
    let fixtures = try Fixtures.get()
    let lines = (0..<40).map { "The [MASK] river and the \(Self.lines[0]) \($0).\n" }.joined()
    let fill = ["fill", "--model", fixtures.model.path, "-", "--json", "--quiet", "--threads"]
    let one = try Program.run(fill + ["1"], in: scratch, input: lines)
    let three = try Program.run(fill + ["3"], in: scratch, input: lines)
    #expect(one.code == 0 && one.lines.count == 40)
    #expect(three.output == one.output && three.errors.isEmpty)
    let generate = ["generate", "--model", fixtures.causal.path, "The", "--max-tokens", "8"]
    let text = try Program.run(generate + ["--threads", "2", "--quiet"], in: scratch)
    #expect(text.code == 0)
    #expect(try Program.run(generate, in: scratch).output == text.output)
  }

  @Test func jsonIsJSONLinesOfVectors() throws {
    let scratch = try Scratch()
    let embed = ["embed", "--model", try Fixtures.get().model.path]
    let lines = try Program.run(embed + ["--format", "jsonl"], in: scratch, input: Self.input)
    #expect(lines.code == 0)
    for options in [["--json"], [], ["--json", "--format", "jsonl"]] {
      #expect(
        try Program.run(embed + options, in: scratch, input: Self.input).output == lines.output)
    }
    let both = try Program.run(embed + ["--json", "--format", "npy"], in: scratch)
    #expect(both.code == 64)
    #expect(both.error.contains("--json") && both.error.contains("--format npy"))
  }

  @Test func textIsContinued() throws {
    let scratch = try Scratch()
    let model = try Fixtures.get().causal.path
    func generate(_ options: String...) throws -> Program.Outcome {
      try Program.run(["generate", "--model", model, "The old"] + options, in: scratch)
    }
    let first = try generate("--max-tokens", "12", "--seed", "4")
    #expect(first.code == 0)
    #expect(first.text.hasPrefix("The old") && first.text.hasSuffix("\n"))
    #expect(try generate("--max-tokens", "12", "--seed", "4").output == first.output)
    let greedy = try generate("--temperature", "0", "--max-tokens", "5", "--json")
    #expect(greedy.json["prompt"] as? String == "The old")
    #expect(greedy.json["continuation"] is String)
    #expect(
      try generate("--top-k", "1", "--max-tokens", "5", "--json").output == greedy.output)
    let long = try Program.run(
      ["generate", "--model", model, String(repeating: "warm ", count: 900)], in: scratch)
    #expect(long.code == 65)
  }
}
