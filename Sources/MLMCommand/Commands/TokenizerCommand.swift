import ArgumentParser

/// The subcommands around tokenizers.
struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Train a tokenizer, turn text into tokens and back.",
    subcommands: [
      TokenizerTrainCommand.self, TokenizerCountCommand.self, TokenizerEncodeCommand.self,
      TokenizerDecodeCommand.self,
    ])
}
