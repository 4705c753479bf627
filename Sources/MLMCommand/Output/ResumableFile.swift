import MLM
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file of vectors that is written over a long time and can be gone on with.
///
/// Vectors go to `PATH.partial`, which gets its name when it is whole; what it was begun with stands in
/// `PATH.partial.json`, so that a resume with something else is refused. A process that is killed leaves
/// both.
final class ResumableFile {
  /// What to do where there is something already.
  enum Existing {
    case refuse, overwrite, resume
  }

  private let path: String
  private let file: RandomAccessFile
  private var partial: String { Self.partial(path) }
  private var settings: String { Self.settings(path) }
  /// Vectors that it already holds.
  let rows: Int

  private static func partial(_ path: String) -> String { path + ".partial" }
  private static func settings(_ path: String) -> String { path + ".partial.json" }

  /// Whether a resume has nothing left to do: the file is there, and no part of another one.
  static func isFinished(_ path: String) -> Bool {
    FileSystem.exists(path) && !FileSystem.exists(partial(path))
  }

  /// Begins a file or goes on with it.
  ///
  /// - Parameters:
  ///   - path: Its name once it is whole.
  ///   - description: What its vectors depend on: names and values.
  ///   - writer: Its format.
  ///   - existing: What to do with a part that is there.
  /// - Throws: ``CommandError`` with code `cannotCreate` where a part is there, `usage` where one was
  ///   begun with something else.
  init(
    _ path: String, description: [(name: String, value: String)], writer: any VectorWriter,
    existing: Existing
  ) throws {
    self.path = path
    let (partial, settings) = (Self.partial(path), Self.settings(path))
    let isThere = FileSystem.exists(partial)
    if isThere && existing == .refuse {
      throw CommandError(
        .cannotCreate,
        "\(partial): a part of an unfinished run; use --resume to go on or --overwrite to begin anew"
      )
    }
    guard isThere && existing == .resume else {
      file = try RandomAccessFile(path: partial, isNew: true)
      let text = JSON.object(description.map { ($0.name, .string($0.value)) })
      try FileContents.write(text.bytes + [UInt8(ascii: "\n")], to: settings)
      rows = 0
      try file.write(writer.header)
      return
    }
    file = try RandomAccessFile(path: partial, isNew: false)
    try Self.compare(description, with: settings)
    let whole = try writer.wholeRows(of: file)
    rows = whole.rows
    if whole.end < writer.header.count || file.size < writer.header.count {
      try file.truncate(to: 0)
      try file.write(writer.header)
    } else {
      try file.truncate(to: whole.end)
    }
  }

  /// Writes whole vectors.
  func write(_ bytes: [UInt8]) throws { try file.write(bytes) }

  /// Gives the file its name.
  func finish() throws {
    try file.rename(to: path)
    FileSystem.removeTree(settings)
  }

  /// Removes what was written.
  func discard() {
    FileSystem.removeTree(partial)
    FileSystem.removeTree(settings)
  }

  private static func compare(
    _ description: [(name: String, value: String)], with settings: String
  ) throws {
    let bytes = try FileContents.read(settings)
    guard let found = try? JSONDecoder().decode([String: String].self, from: Data(bytes)) else {
      throw CommandError(
        .badData, "\(settings): expected what the run was begun with, found other bytes")
    }
    for (name, value) in description where found[name] != value {
      throw CommandError(
        .usage,
        "--resume: \(name): the run was begun with \(found[name] ?? "none"), not with \(value)")
    }
  }
}
