#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A folder for sorted runs of counted words that do not fit in memory; it goes with the value.
final class SpillFolder {
  private let path: String
  private var isMade = false
  private var made = 0
  /// The runs that are there.
  private(set) var runs: [String] = []

  /// Takes the name; the folder is made when it is needed.
  init(path: String) { self.path = path }

  deinit { remove() }

  /// Returns the name of a new run.
  func newRun() throws(FileError) -> String {
    if !isMade {
      guard mkdir(path, 0o700) == 0 else {
        let number = errno
        throw FileError(
          code: number == ENOSPC ? .diskFull : .cannotCreate, path: path,
          reason: "cannot be made: \(SystemCalls.message(number))")
      }
      isMade = true
    }
    made += 1
    let run = "\(path)/run-\(made)"
    runs.append(run)
    return run
  }

  /// Removes a run that is merged into another.
  func remove(_ run: String) {
    _ = unlink(run)
    runs.removeAll { $0 == run }
  }

  /// Removes all runs and the folder.
  func remove() {
    for run in runs { _ = unlink(run) }
    runs.removeAll()
    if isMade { _ = rmdir(path) }
    isMade = false
  }
}
