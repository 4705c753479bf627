import Foundation
import Testing

@Suite struct TokenizerInfoTests {
  @Test func partsAndSizesAreTold() throws {
    let scratch = try Scratch()
    try scratch.write(TokenizerShowTests.document, to: "t.json")
    let outcome = try Program.run("tokenizer info t.json --json", in: scratch)
    #expect(outcome.code == 0)
    let json = outcome.json
    #expect(json["bytes"] as? Int == TokenizerShowTests.document.utf8.count)
    #expect(json["vocabulary"] as? Int == 6)
    #expect(json["merges"] as? Int == 0)
    #expect((json["added_tokens"] as? [[String: Any]])?.count == 2)
    #expect((json["normalizer"] as? [Any])?.isEmpty == true)
    let steps = try #require(json["pre_tokenizer"] as? [[String: Any]])
    #expect(steps.map { $0["type"] as? String } == ["WhitespaceSplit", "Punctuation"])
    #expect(steps[1]["behavior"] as? String == "Isolated")
    let model = try #require(json["model"] as? [String: Any])
    #expect(model["type"] as? String == "WordLevel" && model["unk_token"] as? String == "[UNK]")
    let specials = try #require(json["special_tokens"] as? [String: [String: Any]])
    #expect(
      specials["start"]?["token"] as? String == "[CLS]" && specials["end"]?["id"] as? Int == 1)
    #expect(json["truncation"] is NSNull && json["padding"] is NSNull)
    let text = try Program.run("tokenizer info t.json", in: scratch)
    #expect(text.text.contains("WordLevel (unk_token \"[UNK]\")"))
    #expect(text.text.contains("Punctuation (behavior \"Isolated\")"))
  }

  @Test func fertilityIsCountedByScript() throws {
    let scratch = try Scratch()
    try scratch.write(TokenizerShowTests.document, to: "t.json")
    try scratch.write("née née! x\nдом\n\n12\n", to: "s.txt")
    for (arguments, input) in [("s.txt", ""), ("-", "née née! x\nдом\n\n12\n")] {
      let outcome = try Program.run(
        "tokenizer info t.json --json --sample \(arguments)", in: scratch, input: input)
      let fertility = try #require(outcome.json["fertility"] as? [String: Any])
      let rows = try #require(fertility["scripts"] as? [[String: Any]])
      #expect(rows.map { $0["script"] as? String } == ["Latin", "Cyrillic", "Common"])
      #expect(rows.map { $0["words"] as? Int } == [3, 1, 1])
      #expect(rows.map { $0["tokens"] as? Int } == [4, 1, 1])
      #expect(rows.map { $0["bytes"] as? Int } == [10, 6, 2])
      #expect(rows.map { $0["unknown"] as? Double } == [0.25, 1, 1])
      let all = try #require(fertility["all"] as? [String: Any])
      #expect(all["tokens"] as? Int == 6)
      #expect(all["tokens_per_word"] as? Double == 1.2)
      #expect(all["bytes_per_token"] as? Double == 3)
    }
  }

  @Test func theProgramHasSentencesOfItsOwn() throws {
    let fixtures = try Fixtures.get()
    let outcome = try Program.run(
      ["tokenizer", "info", fixtures.model.path + "/", "--json"], in: Scratch())
    let fertility = try #require(outcome.json["fertility"] as? [String: Any])
    #expect(fertility["sample"] is NSNull)
    let rows = try #require(fertility["scripts"] as? [[String: Any]])
    #expect(rows.count > 15)
    // A byte-level vocabulary knows everything.
    #expect(
      rows.allSatisfy { $0["unknown"] as? Double == 0 && $0["byte_fallback"] as? Double == 0 })
    #expect(rows.allSatisfy { ($0["bytes_per_token"] as? Double ?? 0) > 0.5 })
  }

  @Test func wrongFilesAreToldApart() throws {
    let scratch = try Scratch()
    try scratch.write("no tokenizer", to: "x.json")
    #expect(try Program.run("tokenizer info none", in: scratch).code == 66)
    #expect(try Program.run("tokenizer info x.json", in: scratch).code == 65)
    try scratch.write(TokenizerShowTests.document, to: "t.json")
    #expect(try Program.run("tokenizer info t.json --sample none", in: scratch).code == 66)
  }
}
