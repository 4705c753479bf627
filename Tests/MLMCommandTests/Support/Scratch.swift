import Foundation

/// A folder for one test, removed with the value.
final class Scratch: Sendable {
  let folder: URL
  private let side: URL

  init() throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("mlm-command-tests-\(UUID().uuidString)")
    folder = root.appendingPathComponent("work")
    side = root.appendingPathComponent("side")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: side, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }

  /// A file that the program under test does not see.
  func hidden(_ name: String) -> URL { side.appendingPathComponent(name) }

  func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  func write(_ data: Data, to name: String) throws { try data.write(to: path(name)) }

  func data(_ name: String) throws -> Data { try Data(contentsOf: path(name)) }

  func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(name).path)
  }

  func copy(_ source: URL, to name: String) throws {
    try FileManager.default.copyItem(at: source, to: path(name))
  }

  /// Names in the folder or in a folder inside it, hidden ones included, sorted.
  func names(_ name: String = ".") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(name).path)) ?? []).sorted()
  }
}
