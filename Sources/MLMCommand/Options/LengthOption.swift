import ArgumentParser
import MLM

/// How much of each text a model reads.
struct LengthOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens read of each text (default: the model's limit).", valueName: "n"))
  var maxLength: Int?

  func validate() throws { try Self.validate(maxLength) }

  /// Checks what can be checked without the model.
  static func validate(_ maxLength: Int?) throws {
    if let maxLength, maxLength < 3 {
      throw ValidationError("--max-length: expected a number from 3, found \(maxLength)")
    }
  }

  /// Checks that the model reads so many tokens.
  ///
  /// - Throws: ``CommandError`` with code `usage`.
  func check(_ model: ModelDirectory) throws { try Self.check(maxLength, model) }

  /// Checks that a model reads so many tokens.
  ///
  /// - Throws: ``CommandError`` with code `usage`.
  static func check(_ maxLength: Int?, _ model: ModelDirectory) throws {
    let limit = model.configuration.maximumLength
    guard let maxLength, maxLength > limit else { return }
    throw CommandError(
      .usage, "--max-length: expected at most the model's \(limit) tokens, found \(maxLength)")
  }
}
