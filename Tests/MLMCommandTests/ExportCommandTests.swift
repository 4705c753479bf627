import Foundation
import Testing

@Suite struct ExportCommandTests {
  /// The card of what was exported has its own command, and all that its source's card knew.
  @Test func theCardIsCarriedOn() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    let source = try String(
      contentsOf: fixtures.classifier.appendingPathComponent("README.md"), encoding: .utf8)
    let done = try Program.run(
      ["export", fixtures.classifier.path, "--as", "modernbert", "--output", "out"], in: scratch)
    #expect(done.code == 0)
    #expect(done.json["architecture"] as? String == "ModernBertForSequenceClassification")
    let card = try scratch.text("out/README.md")
    #expect(card.hasPrefix("---\nlibrary_name: transformers\npipeline_tag: text-classification\n"))
    #expect(
      card.contains("\nmlm export ") && card.contains("\n## What its source says of itself\n"))
    let facts = source.split(separator: "\n").filter { $0.hasPrefix("| ") && $0 != "| | |" }
    #expect(facts.contains { $0.hasPrefix("| seed | ") })
    #expect(facts.contains { $0.hasPrefix("| validation accuracy | ") })
    for fact in facts { #expect(card.contains(fact), "\(fact)") }
    #expect(source.contains("\nbase_model: ") && card.contains("\nbase_model: "))
  }

  @Test func shapesWithoutRoomAreRefused() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    for (model, layout) in [
      (fixtures.classifier, "bert"), (fixtures.classifier, "modernbert-decoder"),
    ] {
      let done = try Program.run(
        ["export", model.path, "--as", layout, "--output", "out"], in: scratch)
      #expect(done.code == 65 && !scratch.exists("out"))
    }
  }
}
