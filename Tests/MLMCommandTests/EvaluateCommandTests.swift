import Foundation
import Testing

@Suite struct EvaluateCommandTests {
  @Test func aClassifierIsMeasuredByClass() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.write(fixtures.reviews, to: "r.tsv")
    let line = ["evaluate", "--model", fixtures.classifier.path, "r.tsv"]
    let outcome = try Program.run(line + ["--json"], in: scratch)
    #expect(outcome.code == 0)
    let accuracy = try #require(outcome.json["accuracy"] as? Double)
    #expect(outcome.json["examples"] as? Int == 120)
    #expect((outcome.json["macro_f1"] as? Double).map { (0...1).contains($0) } == true)
    let labels = try #require(outcome.json["labels"] as? [[String: Any]])
    #expect(labels.map { $0["label"] as? String } == ["good", "poor"])
    #expect(labels.map { $0["examples"] as? Int } == [60, 60])
    // No times: the same bytes again.
    #expect(try Program.run(line + ["--json"], in: scratch).output == outcome.output)

    let predictions = try Program.run(
      ["predict", "--model", fixtures.classifier.path], in: scratch,
      input: fixtures.reviews.split(separator: "\n")
        .map { $0.drop { $0 != "\t" }.dropFirst() + "\n" }.joined())
    let truth = fixtures.reviews.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    let right = zip(predictions.lines, truth).count { $0.prefix { $0 != "\t" } == $1 }
    #expect(Double(right) / 120 == accuracy)

    let table = try Program.run(line, in: scratch)
    #expect(table.text.contains("precision") && table.text.contains("macro F1"))
    #expect(try Program.run(line + ["--min-accuracy", "\(accuracy)"], in: scratch).code == 0)
    let gate = try Program.run(line + ["--min-accuracy", "1"], in: scratch)
    #expect(gate.code == (accuracy < 1 ? 2 : 0))
    #expect(gate.text == table.text)
  }

  @Test func oneClassAndUnknownOnes() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    let line = ["evaluate", "--model", fixtures.classifier.path, "-", "--json"]
    let one = try Program.run(line, in: scratch, input: "poor\ta\npoor\tb\n")
    #expect(one.code == 0)
    #expect(one.json["examples"] as? Int == 2)
    let unknown = try Program.run(line, in: scratch, input: "poor\ta\nbad\tb\n")
    #expect(unknown.code == 65)
    #expect(unknown.error.contains("standard input:2") && unknown.error.contains("\"bad\""))
  }

  @Test func aLanguageModelIsMeasuredOnText() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.write(fixtures.corpus, to: "c.txt")
    let masked = try Program.run(
      ["evaluate", "--model", fixtures.model.path, "c.txt", "--json"], in: scratch)
    #expect(masked.code == 0)
    for key in ["masked_accuracy", "accuracy", "cross_entropy", "perplexity", "bits_per_byte"] {
      #expect(masked.json[key] is Double, "\(key)")
    }
    let bytes = try #require(masked.json["bytes"] as? Int)
    #expect(bytes == fixtures.corpus.utf8.count - 400)
    #expect(masked.json["documents"] as? Int == 400)
    let tokens = try #require(masked.json["tokens"] as? Int)
    let entropy = try #require(masked.json["cross_entropy"] as? Double)
    let bits = try #require(masked.json["bits_per_byte"] as? Double)
    #expect(abs(bits - entropy * Double(tokens) / (Double(bytes) * log(2))) < 1e-9)
    let share = Double(try #require(masked.json["predicted_tokens"] as? Int)) / Double(tokens)
    #expect((0.13...0.17).contains(share))

    let causal = try Program.run(
      ["evaluate", "--model", fixtures.causal.path, "c.txt", "--json"], in: scratch)
    #expect(causal.json["next_token_accuracy"] is Double)
    #expect(causal.json["masked_accuracy"] == nil)
    #expect(causal.json["predicted_tokens"] as? Int == tokens)
  }

  @Test func optionsOfTheOtherKindOfModelAreRefused() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.write(fixtures.reviews, to: "r.tsv")
    let cases = [
      (fixtures.model, ["--header"]), (fixtures.model, ["--pairs"]),
      (fixtures.causal, ["--pairs"]), (fixtures.classifier, ["--documents", "line"]),
      (fixtures.classifier, ["--text-field", "x"]), (fixtures.model, ["--max-length", "513"]),
      (fixtures.classifier, ["--max-length", "513"]),
    ]
    for (model, options) in cases {
      let outcome = try Program.run(
        ["evaluate", "--model", model.path, "r.tsv"] + options, in: scratch)
      #expect(outcome.code == 64, "\(options): \(outcome.errors)")
      #expect(outcome.error.hasPrefix("mlm: \(options[0]): "))
    }
    let longest = ["evaluate", "--model", fixtures.model.path, "r.tsv", "--max-length", "512"]
    #expect(try Program.run(longest, in: scratch).code == 0)
    for command in ["embed", "predict"] {
      let outcome = try Program.run(
        [command, "--model", fixtures.classifier.path, "r.tsv", "--max-length", "513"],
        in: scratch)
      #expect(outcome.code == 64)
      #expect(outcome.error.contains("512 tokens, found 513"))
    }
  }

  @Test func aTextThatIsTooShortIsNamed() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.write("a\n", to: "one.txt")
    for (file, name) in [("one.txt", "one.txt"), ("-", "standard input")] {
      let outcome = try Program.run(
        ["evaluate", "--model", fixtures.model.path, file], in: scratch, input: "a\n")
      #expect(outcome.code == 65)
      #expect(outcome.error.hasPrefix("mlm: \(name): the text is too short"), "\(outcome.errors)")
    }
    let warned = try Program.start(
      ["evaluate", "--model", fixtures.model.path, "-"], in: scratch,
      input: Data(fixtures.corpus.utf8) + Data([0xFF, 10])
    ).finish()
    #expect(warned.code == 0)
    #expect(
      warned.errors.contains(
        "warning: standard input: 1 malformed UTF-8 sequence replaced by U+FFFD"))
  }

  @Test func wrongFilesAreToldApart() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.write("", to: "empty")
    try scratch.write("no tab here\n", to: "text")
    func code(_ model: URL, _ file: String) throws -> Int32 {
      try Program.run(["evaluate", "--model", model.path, file], in: scratch).code
    }
    #expect(try code(fixtures.classifier, "text") == 65)
    for model in [fixtures.classifier, fixtures.model] {
      #expect(try code(model, "empty") == 65)
      #expect(try code(model, "none") == 66)
      #expect(try code(model, ".") == 66)
    }
  }
}
