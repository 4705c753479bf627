import Foundation
import Testing

@Suite struct TokenizerCommandTests {
  private func trained() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 100), to: "c.txt")
    let outcome = try Program.run(
      "tokenizer train c.txt --output t.json --vocab-size 300 --quiet", in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty && outcome.output.isEmpty)
    return scratch
  }

  @Test func theFileThatIsNotUTF8IsNamed() throws {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 50), to: "good.txt")
    try scratch.write(Data("a b a b ".utf8) + Data([0xFF, 0x20, 0xFE, 10]), to: "bad.txt")
    let outcome = try Program.run(
      "tokenizer train good.txt bad.txt --output t.json --vocab-size 280 --quiet", in: scratch)
    #expect(outcome.code == 0)
    #expect(
      outcome.errors
        == "mlm: warning: bad.txt: 2 malformed UTF-8 sequences replaced by U+FFFD\n")
  }

  @Test func everyLineInIsALineOut() throws {
    let scratch = try trained()
    // U+2028, U+0085 and U+000D end no line; the last line counts without its end.
    let text = "the river\n\na\u{2028}b\u{85}c\rd\nlast"
    let ids = try Program.run("tokenizer encode --tokenizer t.json", in: scratch, input: text)
    #expect(ids.code == 0)
    #expect(ids.text.components(separatedBy: "\n").count == 5)
    #expect(ids.lines[1] == "2 3")
    let counts = try Program.run(
      "tokenizer encode --tokenizer t.json - --count", in: scratch, input: text)
    #expect(counts.lines.map { Int($0) } == ids.lines.map { $0.split(separator: " ").count })
    let json = try Program.run(
      "tokenizer encode --tokenizer t.json --json", in: scratch, input: text)
    #expect(json.lines.count == 4)
    let objects = try json.lines.map {
      try JSONDecoder().decode(EncodedLine.self, from: Data($0.utf8))
    }
    #expect(objects.map { $0.ids.map(String.init).joined(separator: " ") } == ids.lines)
    #expect(objects[0].tokens.first == "[CLS]" && objects[0].tokens.last == "[SEP]")
    #expect(objects[0].offsets.first == [0, 0])
    #expect(objects.allSatisfy { $0.ids.count == $0.tokens.count })
    #expect(objects.allSatisfy { $0.ids.count == $0.offsets.count })
  }

  private struct EncodedLine: Decodable {
    var ids: [Int]
    var tokens: [String]
    var offsets: [[Int]]
  }

  @Test func decodingGivesTheTextBack() throws {
    let scratch = try trained()
    let text = "the river, \u{1F600}\n\nwarm\n"
    for option in ["", " --json", " --no-special-tokens"] {
      let ids = try Program.run(
        "tokenizer encode --tokenizer t.json\(option)", in: scratch, input: text)
      let back = try Program.run(
        "tokenizer decode --tokenizer t.json", in: scratch, input: ids.text)
      #expect(back.text == " the river, \u{1F600}\n\n warm\n")
    }
    let special = try Program.run(
      "tokenizer decode --tokenizer t.json --special-tokens", in: scratch, input: "2 3\n")
    #expect(special.text == "[CLS][SEP]\n")
  }

  @Test(arguments: ["2 x 3", "100000", "-1", "{\"tokens\":[]}"])
  func wrongIdentifiersAreBadData(line: String) throws {
    let outcome = try Program.run(
      "tokenizer decode --tokenizer t.json", in: trained(), input: "2 3\n\(line)\n")
    #expect(outcome.code == 65)
    #expect(outcome.error.hasPrefix("mlm: standard input:2: expected"))
  }

  @Test func anExistingOutputIsKept() throws {
    let scratch = try trained()
    let before = try scratch.data("t.json")
    let refused = try Program.run(
      "tokenizer train c.txt --output t.json --vocab-size 270", in: scratch)
    #expect(refused.code == 73)
    #expect(try scratch.data("t.json") == before)
    let replaced = try Program.run(
      "tokenizer train c.txt --output t.json --vocab-size 270 --overwrite", in: scratch)
    #expect(replaced.code == 0)
    #expect(try scratch.data("t.json") != before)
  }

  @Test func threadsAndFilesMakeNoDifference() throws {
    let scratch = try trained()
    let lines = Fixtures.text(lines: 100).split(separator: "\n", omittingEmptySubsequences: false)
    try scratch.write(lines[..<40].joined(separator: "\n") + "\n", to: "a")
    try scratch.write(lines[40...].joined(separator: "\n"), to: "b")
    let outcome = try Program.run(
      "tokenizer train b a --output u.json --vocab-size 300 --threads 2", in: scratch)
    #expect(outcome.code == 0)
    #expect(try scratch.data("t.json") == scratch.data("u.json"))
  }

  @Test func wrongFilesAreToldApart() throws {
    let scratch = try trained()
    func code(_ line: String) throws -> Int32 { try Program.run(line, in: scratch).code }
    #expect(try code("tokenizer train none --output u.json") == 66)
    #expect(try code("tokenizer train *.none --output u.json") == 66)
    try FileManager.default.createDirectory(
      at: scratch.path("folder"), withIntermediateDirectories: false)
    #expect(try code("tokenizer train folder --output u.json") == 66)
    try FileManager.default.removeItem(at: scratch.path("folder"))
    #expect(try code("tokenizer train c.txt --output none/u.json") == 73)
    #expect(try code("tokenizer train c.txt --output .") == 73)
    #expect(try code("tokenizer encode --tokenizer none c.txt") == 66)
    #expect(try code("tokenizer encode --tokenizer c.txt c.txt") == 65)
    #expect(try code("tokenizer encode --tokenizer t.json none") == 66)
    try scratch.write("", to: "empty")
    #expect(try code("tokenizer train empty --output u.json") == 65)
    try scratch.write(Data([0x61, 0x0A, 0x62, 0xFF, 0x0A]), to: "bad")
    #expect(try code("tokenizer train bad --output u.json --vocab-size 270 --strict") == 65)
    #expect(!scratch.exists("u.json"))
    let repaired = try Program.run(
      "tokenizer train bad --output u.json --vocab-size 270", in: scratch)
    #expect(repaired.code == 0)
    #expect(repaired.errors.contains("warning: bad: 1 malformed UTF-8 sequence replaced"))
    #expect(scratch.names() == ["bad", "c.txt", "empty", "t.json", "u.json"])
  }
}
