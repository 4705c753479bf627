import Foundation
import Testing

/// Model directories that lack something or hold something else.
@Suite struct ModelFilesTests {
  private func broken(_ change: (Scratch) throws -> Void) throws -> Program.Outcome {
    let scratch = try Scratch()
    try scratch.copy(Fixtures.get().model, to: "m")
    try change(scratch)
    return try Program.run("embed --model m", in: scratch, input: "a text\n")
  }

  @Test func aWholeDirectoryWorks() throws {
    #expect(try broken { _ in }.code == 0)
  }

  @Test(arguments: ["config.json", "model.safetensors", "tokenizer.json"])
  func aMissingFileIsNamed(name: String) throws {
    let outcome = try broken { try FileManager.default.removeItem(at: $0.path("m/\(name)")) }
    #expect(outcome.code == 66)
    #expect(outcome.error.hasPrefix("mlm: m/\(name): "))
    #expect(outcome.output.isEmpty)
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let outcome = try broken { try FileManager.default.removeItem(at: $0.path("m")) }
    #expect(outcome.code == 66)
    #expect(outcome.error.contains("m/config.json"))
  }

  @Test(arguments: [0, 7, 100, 3000, 40_000])
  func truncatedWeightsAreBadData(length: Int) throws {
    let outcome = try broken {
      try $0.write($0.data("m/model.safetensors").prefix(length), to: "m/model.safetensors")
    }
    #expect(outcome.code == 65)
    #expect(outcome.error.contains("m/model.safetensors"))
  }

  @Test(arguments: [
    ("F32", "F16"), ("model.final_norm.weight", "model.final_norm.weighx"),
    ("[300,32]", "[32,300]"), ("data_offsets", "data_offsetz"),
  ])
  func corruptHeadersAreBadData(found: String, replacement: String) throws {
    let outcome = try broken { scratch in
      var bytes = try scratch.data("m/model.safetensors")
      let range = try #require(bytes.range(of: Data(found.utf8)))
      bytes.replaceSubrange(range, with: Data(replacement.utf8))
      try scratch.write(bytes, to: "m/model.safetensors")
    }
    #expect(outcome.code == 65)
    #expect(outcome.error.contains("m/model.safetensors"))
  }

  @Test(arguments: ["config.json", "tokenizer.json", "modules.json"])
  func filesOfOtherBytesAreBadData(name: String) throws {
    for text in ["", "{", "[]", "{}", "\u{0}\u{1}", "{\"model_type\":\"bert\"}"] {
      // An empty object is a list of no modules' neighbour: the two others need keys.
      if name == "modules.json" && text == "[]" { continue }
      let outcome = try broken { try $0.write(text, to: "m/\(name)") }
      #expect(outcome.code == 65, "\(name) \(text): \(outcome.errors)")
      #expect(outcome.error.contains("m/\(name)"))
    }
  }

  @Test func aForeignTokenizerIsBadData() throws {
    let outcome = try broken { scratch in
      try scratch.write(Fixtures.text(lines: 20), to: "c.txt")
      let trained = try Program.run(
        "tokenizer train c.txt --output m/tokenizer.json --vocab-size 280 --overwrite",
        in: scratch)
      #expect(trained.code == 0)
    }
    #expect(outcome.code == 65)
    #expect(outcome.error.contains("expected the 300 tokens of the model's vocabulary, found 280"))
  }

  @Test func modelsDoOnlyWhatTheyWereTrainedFor() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    try scratch.write(fixtures.reviews, to: "r.tsv")
    let cases = [
      ["fill", "a [MASK]", "--model", fixtures.causal.path],
      ["fill", "a [MASK]", "--model", fixtures.classifier.path],
      ["generate", "a", "--model", fixtures.model.path],
      ["generate", "a", "--model", fixtures.classifier.path],
      ["predict", "r.tsv", "--model", fixtures.model.path],
    ]
    for arguments in cases {
      let outcome = try Program.run(arguments, in: scratch)
      #expect(outcome.code == 65)
      #expect(outcome.error.hasPrefix("mlm: \(arguments[3]): expected a model "))
    }
  }
}
