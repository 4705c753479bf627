import ArgumentParser
import MLMTraining

/// What an error ends the program with: an exit code and one line.
package struct Failure {
  /// The exit code.
  package let code: ExitReason
  /// The line, without the program's name; nil where nothing is to be said.
  package let message: String?

  /// Finds the exit code and the line of any error.
  package init(_ error: any Error) {
    switch error {
    case let error as CommandError: self.init(error.code, error.description)
    case let error as FileError: self.init(Self.code(error.code), error.description)
    case let error as DataError: self.init(.badData, error.description)
    case let error as TokenizerError:
      self.init(error.code == .invalidOptions ? .usage : .badData, error.description)
    case let error as ModelError: self.init(Self.code(error), error.description)
    case let error as MLMError:
      let isOption = error.code == .badOption
      self.init(
        isOption ? .usage : .badData,
        isOption ? OptionNames.naming(error.description) : error.description)
    case let error as TrainingError:
      self.init(
        Self.code(error.code),
        error.code == .badOptions ? OptionNames.naming(error.description) : error.description)
    default:
      let isUsage = RootCommand.exitCode(for: error) == .validationFailure
      self.init(isUsage ? .usage : .failure, Self.parserMessage(error, isUsage: isUsage))
    }
  }

  private init(_ code: ExitReason, _ message: String) {
    self.code = code
    self.message = Self.oneLine(message)
  }

  private static func code(_ code: FileError.Code) -> ExitReason {
    switch code {
    case .missing, .isDirectory, .unreadable: .noInput
    case .exists, .cannotCreate: .cannotCreate
    case .diskFull, .writeFailed: .writeError
    }
  }

  private static func code(_ error: ModelError) -> ExitReason {
    switch error.code {
    case .missingFile, .unreadable: .noInput
    // A shape that came from a file is the file's fault; one from options is the caller's.
    case .configuration: error.place.contains(".json") ? .badData : .usage
    case .unsupported, .malformed, .mismatch: .badData
    }
  }

  private static func code(_ code: TrainingError.Code) -> ExitReason {
    switch code {
    case .diverged: .failure
    case .corpusTooSmall, .badSnapshot: .badData
    case .badOptions: .usage
    case .locked: .cannotCreate
    }
  }

  private static func parserMessage(_ error: any Error, isUsage: Bool) -> String {
    guard isUsage else { return RootCommand.message(for: error) }
    let message = OptionNames.naming(RootCommand.message(for: error))
    // The parser knows which command it was in; its usage line starts with the command's name.
    let words =
      RootCommand.fullMessage(for: error).split(separator: "\n")
      .first { $0.hasPrefix("Usage: ") }?
      .dropFirst("Usage: ".count).split(separator: " ")
      .prefix { $0.first?.isLetter ?? false } ?? []
    return words.isEmpty ? message : "\(message) (see \(words.joined(separator: " ")) --help)"
  }

  /// A text without line breaks.
  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline)
      .map { $0.drop(while: \.isWhitespace) }.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
