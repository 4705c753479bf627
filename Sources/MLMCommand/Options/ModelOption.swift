import ArgumentParser
import MLM

/// The model directory a command uses.
struct ModelOption: ParsableArguments {
  @Option(name: .customLong("model"), help: ArgumentHelp("The model.", valueName: "dir"))
  var path: String

  /// Opens the directory, for products of a precision.
  func load(_ precision: PrecisionOption) throws -> ModelDirectory {
    var model = try ModelDirectory(contentsOf: Paths.withoutTrailingSlash(path))
    model.precision = precision.forInference
    return model
  }

  /// Opens the directory for a use.
  ///
  /// - Throws: ``CommandError`` with code `badData`, naming the directory, where the model was not
  ///   trained for the use.
  func load<Use>(
    _ precision: PrecisionOption, _ use: (ModelDirectory) throws -> Use
  ) throws -> Use {
    let model = try load(precision)
    do {
      return try use(model)
    } catch let error as MLMError where error.code == .wrongModel {
      throw CommandError(.badData, "\(path): \(error.description)")
    }
  }
}
