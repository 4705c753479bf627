import ArgumentParser
import MLM

/// Tells how alike two texts are.
struct SimilarityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similarity",
    abstract: "Tell how alike two texts are: the cosine of their vectors, from -1 to 1.",
    discussion: """
      Prints {"similarity":x}.

        mlm similarity --model corpus.mlm "A fine film." "A film that is fine."
      """)

  @Argument(help: "A text.")
  var first: String

  @Argument(help: "Another text.")
  var second: String

  @OptionGroup var model: ModelOption
  @OptionGroup var options: EncoderOptions
  @OptionGroup var format: JSONOption

  func run() throws {
    let encoder = try options.encoder(try model.load(options.precision))
    let vectors = try encoder.embeddings(for: [first, second], prompt: options.prompt())
    let similarity = vectors[0].cosineSimilarity(to: vectors[1])
    try StandardOutput.shared.line(JSON.object([("similarity", .float(similarity))]).text)
    Warnings.truncation(vectors.count(where: \.isTruncated), of: 2, what: "text")
  }
}
