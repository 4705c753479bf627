import ArgumentParser
import MLM

extension TextEncoder.Overflow: ExpressibleByArgument {}

/// How texts become vectors.
struct EncoderOptions: ParsableArguments {
  @Option(help: "How the rows of a text become one (default: what the model says).")
  var pooling: Pooling?

  @Flag(inversion: .prefixedNo, help: "Scale vectors to length 1 (default: what the model says).")
  var normalize: Bool?

  @OptionGroup var length: LengthOption

  @Option(
    help: "What becomes of longer texts: an error, cut, or the mean of windows (default: truncate)."
  )
  var long: TextEncoder.Overflow?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keep the first numbers of each vector, scaled anew (default: all).", valueName: "n"))
  var dimensions: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Put this before each text (default: what the model says).", valueName: "text"))
  var prompt: String?

  @Option(
    help: ArgumentHelp("Put the model's prompt of this name before each text.", valueName: "name"))
  var promptName: String?

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var precision: PrecisionOption

  func validate() throws {
    if prompt != nil && promptName != nil {
      throw ValidationError("expected at most one of --prompt and --prompt-name")
    }
    if let dimensions, dimensions < 1 {
      throw ValidationError("--dimensions: expected a number from 1, found \(dimensions)")
    }
  }

  /// What is put before each text, unless told otherwise `standard`.
  func prompt(_ standard: TextEncoder.Prompt = .standard) -> TextEncoder.Prompt {
    prompt.map(TextEncoder.Prompt.text) ?? promptName.map(TextEncoder.Prompt.named) ?? standard
  }

  /// An encoder that does so.
  ///
  /// - Throws: ``CommandError`` or `MLMError` where the options do not fit the model.
  func encoder(_ model: ModelDirectory) throws -> TextEncoder {
    try length.check(model)
    let encoder = try TextEncoder(
      model,
      options: TextEncoder.Options(
        pooling: pooling, normalizesLength: normalize, maximumLength: length.maxLength,
        overflow: long ?? .truncate, dimensions: dimensions, threadCount: threads.count))
    // A prompt that the model does not have is told before anything is written.
    _ = try encoder.results(for: [String](), prompt: prompt())
    return encoder
  }

  /// The options that vectors depend on, by name, as a file keeps them.
  var description: [(name: String, value: String)] {
    [
      ("--pooling", pooling?.rawValue), ("--normalize", normalize.map { "\($0)" }),
      ("--max-length", length.maxLength.map { "\($0)" }), ("--long", long?.rawValue),
      ("--dimensions", dimensions.map { "\($0)" }), ("--prompt", prompt),
      ("--prompt-name", promptName), ("--precision", precision.forInference.rawValue),
    ].map { ($0.0, $0.1 ?? "default") }
  }
}
