import Foundation
import MLMModel

/// A folder for one test, removed when the test lets go of it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "mlm-model-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], as name: String = "model.safetensors") throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Writes tensors as a safetensors file and returns its path.
  func write(_ tensors: [TensorToWrite]) throws -> String {
    try write(SafetensorsWriter.bytes(of: tensors))
  }
}

extension SafetensorsWriter {
  /// The whole file.
  static func bytes(of tensors: [TensorToWrite]) -> [UInt8] {
    var bytes: [UInt8] = []
    write(tensors) { bytes.append(contentsOf: $0) }
    return bytes
  }
}
