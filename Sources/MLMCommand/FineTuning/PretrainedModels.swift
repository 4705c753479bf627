import MLMTraining
import MLMModel

/// Finds pretrained models where none is named.
enum PretrainedModels {
  /// The only pretrained `*.mlm` directory beside a file.
  ///
  /// - Throws: ``CommandError`` with code `usage`, naming what is there.
  static func only(beside file: String, except output: String) throws -> String {
    let directory = file == "-" || System.isStream(file) ? "." : FileSystem.parent(of: file)
    let found = FileSystem.names(in: directory)
      .filter { $0.hasSuffix(".mlm") }
      .map { directory == "." && !file.hasPrefix("./") ? $0 : directory + "/" + $0 }
      .filter { $0 != output && isPretrained($0) }
    switch found.count {
    case 1: return found[0]
    case 0:
      throw CommandError(
        .usage,
        "expected one pretrained *.mlm directory in \(directory), found none; name one with --model"
      )
    default:
      throw CommandError(
        .usage,
        "expected one pretrained *.mlm directory in \(directory), found "
          + "\(found.joined(separator: ", ")); name one with --model")
    }
  }

  private static func isPretrained(_ path: String) -> Bool {
    let configuration = path + "/config.json"
    guard let bytes = try? FileContents.read(configuration),
      let description = try? ModelDescription(json: bytes, path: configuration)
    else { return false }
    return description.head == .languageModel
  }
}
