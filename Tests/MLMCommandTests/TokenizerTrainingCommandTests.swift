import Foundation
import Testing

/// `mlm tokenizer train` and `count`: where text comes from, and that it does not matter.
@Suite struct TokenizerTrainingCommandTests {
  private func run(_ line: String, in scratch: Scratch, input: String? = nil) throws
    -> Program.Outcome
  {
    try Program.run("tokenizer \(line)", in: scratch, input: input ?? "")
  }

  /// A folder with a text in three parts, and a tokenizer of all of it.
  private func prepared() throws -> Scratch {
    let scratch = try Scratch()
    let lines = Fixtures.text(lines: 300).split(separator: "\n").map { $0 + "\n" }
    try scratch.write(lines.joined(), to: "whole.txt")
    try FileManager.default.createDirectory(
      at: scratch.path("parts/deep"), withIntermediateDirectories: true)
    try scratch.write(lines[..<100].joined(), to: "parts/1.txt")
    try scratch.write(lines[100..<250].joined(), to: "parts/2.txt")
    try scratch.write(lines[250...].joined(), to: "parts/deep/3.txt")
    let outcome = try run(
      "train whole.txt --output whole.json --vocab-size 400 --quiet", in: scratch)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    return scratch
  }

  @Test func howTheTextIsGivenDoesNotMatter() throws {
    let scratch = try prepared()
    let text = String(decoding: try scratch.data("whole.txt"), as: UTF8.self)
    let whole = try scratch.data("whole.json")
    for (line, input) in [
      ("parts", nil), ("parts/**/*.txt", nil), ("parts/deep/3.txt parts/1.txt parts/2.txt", nil),
      ("-", text), ("parts/deep - parts/[12].txt", ""), ("whole.txt --memory 1K", nil),
      ("whole.txt --threads 1", nil),
    ] as [(String, String?)] {
      let outcome = try run(
        "train \(line) --output t.json --vocab-size 400 --quiet --overwrite", in: scratch,
        input: input)
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(line): \(outcome.errors)")
      #expect(try scratch.data("t.json") == whole, "\(line)")
    }
    #expect(scratch.names() == ["parts", "t.json", "whole.json", "whole.txt"])
  }

  @Test func countsMergeToTheWhole() throws {
    let scratch = try prepared()
    for (name, file) in [("1", "parts/1.txt"), ("2", "parts/2.txt"), ("3", "parts/deep")] {
      let outcome = try run("count \(file) --output \(name).counts --quiet --json", in: scratch)
      #expect(outcome.code == 0)
      #expect(outcome.json["words"] as? Int ?? 0 > 100)
    }
    for files in ["1.counts 2.counts 3.counts", "3.counts 1.counts 2.counts", "?.counts"] {
      let outcome = try run(
        "train --counts \(files) --output t.json --vocab-size 400 --quiet --overwrite",
        in: scratch)
      #expect(outcome.code == 0)
      #expect(try scratch.data("t.json") == scratch.data("whole.json"))
    }
    // Text beside counts.
    let both = try run(
      "train parts/1.txt --counts 2.counts 3.counts --output t.json --vocab-size 400 --overwrite",
      in: scratch)
    #expect(both.code == 0)
    #expect(try scratch.data("t.json") == scratch.data("whole.json"))
    let mixed = try run(
      "train --counts 1.counts --lowercase --output u.json --vocab-size 400", in: scratch)
    #expect(mixed.code == 65 && mixed.error.contains("1.counts: expected words counted with"))
    try scratch.write(try scratch.data("1.counts").dropLast(3), to: "cut.counts")
    let cut = try run("train --counts cut.counts --output u.json --vocab-size 400", in: scratch)
    #expect(cut.code == 65 && cut.error.contains("cut.counts: byte "))
    #expect(try run("train --counts whole.txt --output u.json", in: scratch).code == 65)
    #expect(try run("train --counts none.counts --output u.json", in: scratch).code == 66)
    #expect(try run("train --output u.json", in: scratch).code == 64)
    #expect(!scratch.exists("u.json"))
  }

  @Test func partsWithoutTextAreCountedButNotTrainedOn() throws {
    let scratch = try prepared()
    try scratch.write("", to: "empty.txt")
    let empty = try run("count empty.txt --output 0.counts --quiet", in: scratch)
    #expect(empty.code == 0 && empty.error.contains("empty.txt: no text"))
    let none = try run("train --counts 0.counts --output u.json", in: scratch)
    #expect(none.code == 65 && none.error.contains("0.counts: expected words, found none"))
    #expect(try run("count whole.txt --output 1.counts --quiet", in: scratch).code == 0)
    let both = try run(
      "train --counts 0.counts 1.counts --output t.json --vocab-size 400 --quiet", in: scratch)
    #expect(both.code == 0)
    #expect(try scratch.data("t.json") == scratch.data("whole.json"))
    #expect(
      try run("count whole.txt --model unigram --output 2.counts --quiet", in: scratch).code == 0)
    let other = try run("train --counts 2.counts --output u.json", in: scratch)
    #expect(other.code == 64 && other.error.contains("2.counts: expected words counted for"))
    #expect(!scratch.exists("u.json"))
  }

  @Test func jsonLinesGiveTheirTexts() throws {
    let scratch = try Scratch()
    try scratch.write(
      "{\"text\":\"river river\\nriver\"}\n{\"id\":1,\"text\":\"garden garden\"}\n", to: "t.jsonl")
    let outcome = try run(
      "train t.jsonl --text-field text --output t.json --vocab-size 300 --json", in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.json["words"] as? Int == 6)
    #expect(outcome.json["distinct_words"] as? Int == 4)
    for line in ["{\"text\": 1}", "{\"other\": \"x\"}", "[", "\"text\""] {
      try scratch.write("{\"text\":\"a\"}\n\(line)\n", to: "bad.jsonl")
      let bad = try run(
        "train bad.jsonl --text-field text --output u.json --vocab-size 300", in: scratch)
      #expect(bad.code == 65 && bad.error.hasPrefix("mlm: bad.jsonl:2: expected"))
    }
  }

  @Test func theSummaryHasTheFigures() throws {
    let scratch = try prepared()
    let outcome = try run(
      "train parts/1.txt --held-out parts/2.txt --output t.json --vocab-size 300 --json",
      in: scratch)
    let json = outcome.json
    #expect(json["vocabulary_size"] as? Int == 300 && json["merges"] as? Int == 39)
    #expect(json["sample"] as? String == "held_out")
    let ratio = json["bytes_per_token"] as? Double ?? 0
    #expect(ratio > 1 && ratio < 10)
    #expect(outcome.errors.contains("39 merges"))
    #expect(outcome.errors.contains("bytes per token on held-out text"))
    let own = try run("train parts/1.txt --output u.json --vocab-size 300", in: scratch)
    #expect(own.errors.contains("left out of a second training"))
  }

  @Test func everyKindOfModelIsTrainedAndRead() throws {
    let scratch = try prepared()
    for options in [
      "--model wordpiece", "--model unigram", "--level character",
      "--level character --end-of-word-suffix </w> --pre-tokenizer bert --normalizer bert",
      "--model wordpiece --no-lowercase --limit-alphabet 40 --special-token <url>",
      "--model wordpiece --continuing-subword-prefix @@ --max-token-length 8",
    ] {
      let outcome = try run(
        "train whole.txt --output m.json --quiet --overwrite --vocab-size 300 \(options)",
        in: scratch)
      #expect(outcome.code == 0, "\(options): \(outcome.errors)")
      let counts = try run(
        "encode --tokenizer m.json --count", in: scratch, input: "the old river\n")
      #expect((Int(counts.lines[0]) ?? 0) > 2 && (Int(counts.lines[0]) ?? 99) < 16)
    }
    for options in [
      "--level byte --model unigram", "--limit-alphabet 9", "--initial-alphabet a",
      "--pre-tokenizer bert", "--min-frequency -1", "--memory 5X", "--vocab-size 99",
    ] {
      let outcome = try run("train whole.txt --output u.json \(options)", in: scratch)
      #expect(outcome.code == 64, "\(options)")
    }
  }

  @Test func aStoppedCommandLeavesNothing() throws {
    let scratch = try prepared()
    // Enough text for the signal to come in time.
    let text = try scratch.data("whole.txt")
    var large = Data()
    for _ in 0..<3000 { large.append(text) }
    try scratch.write(large, to: "large.txt")
    let running = try Program.start(
      "tokenizer train large.txt large.txt large.txt --output t.json --memory 1K".split(
        separator: " "
      ).map(String.init), in: scratch)
    running.wait { _ in scratch.names().contains { $0.hasPrefix("t.json.words-") } }
    running.process.interrupt()
    running.process.waitUntilExit()
    #expect(running.process.terminationReason == .uncaughtSignal)
    #expect(scratch.names() == ["large.txt", "parts", "whole.json", "whole.txt"])
  }

  @Test func wordsThatAreNoneAreTold() throws {
    let scratch = try Scratch()
    try scratch.write("a b a b " + String(repeating: "x", count: 3000) + "\n", to: "long.txt")
    let outcome = try run("train long.txt --output t.json --vocab-size 270", in: scratch)
    #expect(outcome.code == 0)
    #expect(
      outcome.errors.contains("warning: 1 word longer than 2,000 bytes, the longest 3,001 bytes"))
  }
}
