import ArgumentParser
import MLM

/// Continues a text.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continue a text with a model trained with --objective clm.",
    discussion: """
      A text grows a token at a time, on one thread whatever --threads says.

        mlm generate --model corpus.mlm "And it came to pass"
        mlm generate --model corpus.mlm "And" --max-tokens 200 --temperature 0.7 --seed 3
      """)

  @Argument(help: "The text to continue.")
  var prompt: String

  @OptionGroup var model: ModelOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens to add at most.", valueName: "n"))
  var maxTokens = TextGenerator.Options().maximumTokens

  @Option(
    parsing: .unconditional,
    help: "0 takes the likeliest token; 1 draws from the model's own probabilities.")
  var temperature = TextGenerator.Options().temperature

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw only from this many likeliest tokens; 0 for all.", valueName: "n"))
  var topK = TextGenerator.Options().topCount ?? 0

  @OptionGroup var seed: SeedOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var quiet: QuietOption
  @OptionGroup var format: JSONOption

  func validate() throws {
    if maxTokens < 1 {
      throw ValidationError("--max-tokens: expected a number from 1, found \(maxTokens)")
    }
    if !(temperature >= 0 && temperature.isFinite) {
      throw ValidationError("--temperature: expected a number from 0, found \(temperature)")
    }
    if topK < 0 { throw ValidationError("--top-k: expected a number from 0, found \(topK)") }
  }

  func run() throws {
    let generator = try model.load(precision) { try TextGenerator($0) }
    let text = try generator.continuation(
      of: prompt,
      options: TextGenerator.Options(
        maximumTokens: maxTokens, temperature: temperature, topCount: topK == 0 ? nil : topK,
        seed: seed.seed ?? TextGenerator.Options().seed))
    try StandardOutput.shared.line(
      format.json
        ? JSON.object([("prompt", .string(prompt)), ("continuation", .string(text))]).text
        : prompt + text)
  }
}
