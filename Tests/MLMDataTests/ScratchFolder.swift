import MLMData
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder of its own for a test, removed with it.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryPath.folder + "/mlm-data-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ bytes: some Sequence<UInt8>, to name: String = "text.txt") throws -> String {
    let path = self.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  func write(_ text: String, to name: String = "text.txt") throws -> String {
    try write(text.utf8, to: name)
  }

  private enum NSTemporaryPath {
    static let folder =
      ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  }
}

/// The error that `body` throws, which must be a `DataError`.
func dataError(_ body: () throws -> Void) throws -> DataError {
  do {
    try body()
  } catch let error as DataError {
    return error
  }
  throw DataErrorMissing()
}

struct DataErrorMissing: Error {}
