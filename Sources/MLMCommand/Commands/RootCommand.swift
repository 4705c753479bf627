import ArgumentParser

/// The program's root: its subcommands and what they share.
package struct RootCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "mlm",
    abstract: "Turn text into a language model of its own, on an ordinary CPU.",
    discussion: """
      From text to a classifier:

        mlm pretrain corpus.txt               writes corpus.mlm/
        mlm finetune reviews.tsv              writes reviews.mlm/
        mlm predict --model reviews.mlm new.txt

      Data goes to standard output, progress to standard error; - is standard input.

      Exit codes: 0 done, 1 failure, 2 a --min figure not reached, 64 usage, 65 bad data, \
      66 no input, 73 output exists, is locked or cannot be made, 74 write error, \
      75 stopped early and resumable.
      """,
    version: Version.description,
    subcommands: [
      PretrainCommand.self, FinetuneCommand.self, EvaluateCommand.self, PredictCommand.self,
      FillCommand.self, EmbedCommand.self, NeighborsCommand.self, SimilarityCommand.self,
      GenerateCommand.self, TokenizerCommand.self, InfoCommand.self, ExportCommand.self,
    ])

  package init() {}
}
