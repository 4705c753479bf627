import ArgumentParser

/// The subcommands around tokenizers.
struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Train a tokenizer, look at one, turn text into tokens and back.",
    subcommands: [
      TokenizerTrainCommand.self, TokenizerCountCommand.self, TokenizerEncodeCommand.self,
      TokenizerDecodeCommand.self, TokenizerInfoCommand.self, TokenizerShowCommand.self,
    ])
}
