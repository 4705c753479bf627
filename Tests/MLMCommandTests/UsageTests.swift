import Foundation
import Testing

@Suite struct UsageTests {
  @Test func versionTellsUnicodeToo() throws {
    let outcome = try Program.run("--version", in: Scratch())
    #expect(outcome.code == 0)
    #expect(outcome.text.hasPrefix("mlm 0.1.0 (Unicode 1"))
    #expect(outcome.errors.isEmpty)
  }

  @Test(arguments: [
    "", "pretrain", "finetune", "evaluate", "predict", "fill", "embed", "generate", "info",
    "tokenizer", "tokenizer train", "tokenizer encode", "tokenizer decode",
  ])
  func helpIsDataAndHasExamples(command: String) throws {
    let outcome = try Program.run(command + " --help", in: Scratch())
    #expect(outcome.code == 0)
    #expect(outcome.text.contains("USAGE: mlm"))
    if command != "tokenizer" { #expect(outcome.text.contains("\n  mlm ")) }
    #expect(outcome.errors.isEmpty)
  }

  @Test(arguments: [
    "bogus", "pretrain", "pretrain x --threads 0", "pretrain x --threads many",
    "pretrain x --steps 0", "pretrain x --steps 5 --epochs 2", "pretrain x --budget soon",
    "pretrain x --resume --overwrite", "pretrain x --precision float16",
    "pretrain x --objective guess", "pretrain x --preset huge", "pretrain x --vocab-size 100",
    "pretrain x --learning-rate -1", "pretrain x --learning-rate nan", "pretrain x --mask-rate 1",
    "pretrain x --tokenizer t --vocab-size 300", "pretrain x --from y --layers 3",
    "pretrain x --sequence-length 600", "pretrain x --dropout 1", "pretrain x --seed -1",
    "finetune", "finetune x --threads 0", "finetune x --epochs 0", "finetune x --labels 1",
    "finetune x --max-length 2", "finetune x --batch-size 0", "finetune x --pooling min",
    "evaluate x", "evaluate --model m x --max-length 1", "evaluate --model m x --min-accuracy 80",
    "predict", "predict --model m --threads 0", "embed --model m --format csv",
    "embed --model m --threads 65", "fill --model m", "fill --model m x --top 0",
    "generate --model m x --max-tokens 0", "generate --model m x --temperature -1",
    "tokenizer train x", "tokenizer train x --output t --vocab-size 260",
    "tokenizer train x --output t --min-frequency 0",
    "tokenizer encode --tokenizer t --json --count", "info a --machine",
  ])
  func wrongArgumentsExitWith64AndOneLine(line: String) throws {
    let scratch = try Scratch()
    if line.hasPrefix("tokenizer train x --output") { try scratch.write("some text\n", to: "x") }
    let outcome = try Program.run(line, in: scratch)
    #expect(outcome.code == 64, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("mlm: ") || line.hasPrefix("tokenizer train"))
    #expect(outcome.error.hasPrefix("mlm: "))
    #expect(outcome.output.isEmpty)
    #expect(scratch.names().filter { $0 != "x" }.isEmpty)
  }

  @Test(arguments: [
    ("pretrain x --threads -1", "--threads: expected a number from 1 to 64, found -1"),
    ("pretrain x --seed -1", "'-1' is invalid for '--seed"),
    ("pretrain x --layers -1", "--layers: expected a number from 1"),
    ("finetune x --epochs -2", "--epochs: expected a number from 1 to 16777216, found -2"),
    ("finetune x --learning-rate -1e-3", "--learning-rate: expected a positive number"),
    ("finetune x --batch-size 0", "--batch-size: expected a number from 1"),
    ("finetune x --max-length -3", "--max-length: expected a number from 3, found -3"),
    ("embed --model m --max-length -3", "--max-length: expected a number from 3, found -3"),
    ("generate --model m x --temperature -1", "--temperature: expected a number from 0, found -1"),
    ("fill --model m x --top -1", "--top: expected a number from 1, found -1"),
  ])
  func numbersBelowZeroAreWrongNotMissing(line: String, message: String) throws {
    let outcome = try Program.run(line, in: Scratch())
    #expect(outcome.code == 64)
    #expect(outcome.error.contains(message), "\(outcome.errors)")
  }

  @Test func anOutputHasANameThatLeadsSomewhere() throws {
    let scratch = try Scratch()
    try scratch.copy(Fixtures.get().model, to: "m.mlm")
    try scratch.write(Fixtures.get().reviews, to: "r.tsv")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("link").path, withDestinationPath: "nowhere")
    let commands = [
      ["finetune", "r.tsv"], ["pretrain", "r.tsv"], ["embed", "r.tsv", "--model", "m.mlm"],
      ["tokenizer", "train", "r.tsv"],
    ]
    for command in commands {
      let unnamed = try Program.run(command + ["--output", ""], in: scratch)
      #expect(unnamed.code == 64, "\(command)")
      #expect(unnamed.error.hasPrefix("mlm: --output: expected a name"), "\(unnamed.errors)")
      for options in [[], ["--overwrite"]] {
        let link = try Program.run(command + ["--output", "link"] + options, in: scratch)
        #expect(link.code == 73, "\(command)")
        #expect(link.error.hasPrefix("mlm: link: is a symbolic link"), "\(link.errors)")
      }
    }
    #expect(scratch.names() == ["link", "m.mlm", "r.tsv"])
  }

  @Test func anErrorNamesTheOptionAndWhatWasFound() throws {
    let outcome = try Program.run("pretrain x --threads 0", in: Scratch())
    #expect(
      outcome.errors
        == "mlm: --threads: expected a number from 1 to 64, found 0 (see mlm pretrain --help)\n")
  }
}
