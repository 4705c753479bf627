import MLM
import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The output directory of a run, held by one process at a time.
package final class RunDirectory {
  /// What to do where the directory holds something already.
  package enum Existing {
    case refuse, resume, overwrite
  }

  package let path: String
  /// Whether the directory was missing or empty and nothing worth keeping is in it yet.
  package var isDisposable: Bool
  private let wasMade: Bool
  private let existing: Existing
  private var lock: Int32 = -1
  private var lockPath: String { path + "/.lock" }

  /// Makes or opens the directory and locks it.
  ///
  /// - Throws: `FileError` with code `exists` or `cannotCreate`, ``TrainingError`` with code `locked`.
  package init(_ path: String, existing: Existing) throws {
    self.path = path
    self.existing = existing
    if FileSystem.exists(path) {
      guard FileSystem.isDirectory(path) else {
        throw FileError(
          code: .exists, path: path, reason: "expected a directory or nothing, found a file")
      }
      wasMade = false
    } else {
      try FileSystem.create(path)
      wasMade = true
    }
    isDisposable = false
    lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else {
      throw FileError(code: .cannotCreate, path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0, isLockInPlace else {
      close(lock)
      lock = -1
      throw TrainingError(.locked, "\(path): another process is writing to it")
    }
    if holdsSomething && existing == .refuse {
      release()
      throw FileError(
        code: .exists, path: path,
        reason: "already exists; use --resume to go on or --overwrite to replace it")
    }
    if holdsSomething && existing == .resume && !holdsRun {
      release()
      throw FileError(
        code: .exists, path: path,
        reason: "expected a run to go on with, found other files; use --overwrite to replace them")
    }
    isDisposable = !holdsSomething
  }

  /// Whether a process is at work on a directory; false where there is none.
  package static func isHeld(_ path: String) -> Bool {
    let lock = open(path + "/.lock", O_RDONLY | O_CLOEXEC)
    guard lock >= 0 else { return false }
    defer { close(lock) }
    return flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private var holdsSomething: Bool { FileSystem.names(in: path).contains { $0 != ".lock" } }

  /// Checks that a result may still be written: the directory is ours, and where nothing may be
  /// replaced nothing has come into it.
  ///
  /// - Throws: ``TrainingError`` with code `locked`, `FileError` with code `exists`.
  package func checkBeforeWriting() throws {
    guard lock >= 0, isLockInPlace else {
      throw TrainingError(.locked, "\(path): another process took the directory's place")
    }
    if existing == .refuse && holdsSomething {
      isDisposable = false
      throw FileError(
        code: .exists, path: path,
        reason: "expected the empty directory of this run, found files of another")
    }
  }

  deinit { release() }

  /// Whether the file that was locked is the one that others find.
  ///
  /// A process that ends removes it, perhaps between our opening and our locking it.
  private var isLockInPlace: Bool {
    var (held, found) = (stat(), stat())
    return fstat(lock, &held) == 0 && stat(lockPath, &found) == 0
      && held.st_ino == found.st_ino && held.st_dev == found.st_dev
  }

  /// Whether a run left something here that it can go on with, or was ended before its first snapshot.
  private var holdsRun: Bool {
    FileSystem.exists(TrainerState.fileName(in: path)) || !snapshots.isEmpty
      || RunFiles.hasTokens(path)
  }

  /// Snapshots, newest first, whole or not.
  var snapshots: [(step: Int, path: String)] {
    FileSystem.names(in: path).compactMap { name in
      guard let step = RunFiles.step(ofSnapshot: name), FileSystem.isDirectory("\(path)/\(name)")
      else { return nil }
      return (step, "\(path)/\(name)")
    }.sorted { $0.step > $1.step }
  }

  /// Removes all but the newest snapshots.
  ///
  /// - Parameters:
  ///   - count: How many stay.
  ///   - step: The step of the one just written. Any beyond it were not whole, else the run had gone
  ///     on from them.
  func removeSnapshots(keeping count: Int, upTo step: Int) {
    let kept = snapshots.filter { $0.step <= step }.prefix(count).map(\.step)
    for snapshot in snapshots where !kept.contains(snapshot.step) {
      FileSystem.removeTree(snapshot.path)
    }
  }

  /// Removes what a process that was killed while it ended a run left beside the snapshots.
  func removeUnfinished() {
    for name in FileSystem.names(in: path)
    where name == RunFiles.state || name.contains(".writing-") {
      FileSystem.removeTree("\(path)/\(name)")
    }
  }

  /// Removes what earlier runs and killed processes left, except a finished model, which stays usable
  /// until the new one replaces it.
  package func removeLeftovers(keepingTokens: Bool) {
    for name in FileSystem.names(in: path) {
      if name.hasPrefix("checkpoint-") || name.contains(".writing-") || name == RunFiles.state
        || (name == RunFiles.tokens && !keepingTokens)
      {
        FileSystem.removeTree("\(path)/\(name)")
      }
    }
  }

  /// What a model's directory holds, of which a failure to write it may leave some.
  private static let modelFiles = [
    "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "README.md",
    "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling",
    "2_Normalize",
  ]

  /// Gives the directory up; leaves it as it was found where nothing worth keeping is in it.
  package func release() {
    guard lock >= 0 else { return }
    // What took the directory's place is another's.
    if isLockInPlace {
      if isDisposable {
        removeLeftovers(keepingTokens: false)
        for name in Self.modelFiles { FileSystem.removeTree("\(path)/\(name)") }
      }
      unlink(lockPath)
      if isDisposable && wasMade { rmdir(path) }
    }
    close(lock)
    lock = -1
  }
}
