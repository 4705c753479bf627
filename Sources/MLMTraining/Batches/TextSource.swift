import MLM
import MLMData

/// Text files and how they are read.
struct TextSource {
  var files: [String]
  var boundary: DocumentBoundary
  var textField: String?
  var isStrict: Bool

  /// The text that options ask for; what they leave open is as in the run that is gone on with.
  init(files: [String], _ options: PretrainingOptions, plan: PretrainingPlan?) {
    self.files = files
    boundary = options.boundary ?? plan?.boundary ?? .line
    textField = options.textField ?? plan?.textField
    isStrict = options.isStrict
  }

  func reader() -> DocumentReader {
    DocumentReader(paths: files, boundary: boundary, textField: textField, strict: isStrict)
  }

  /// Bytes of the files.
  ///
  /// - Throws: `FileError` for one that is missing or a directory.
  func byteCount() throws -> Int { try files.reduce(0) { $0 + (try FileSystem.size($1)) } }

  /// The files, for messages; of many the first ones.
  var names: String {
    let shown = files.prefix(3).joined(separator: ", ")
    return files.count > 3 ? "\(shown) and \(files.count - 3) more" : shown
  }
}
