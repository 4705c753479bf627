import ArgumentParser
import MLMNumerics

/// The threads a command computes on.
struct ThreadsOption: ParsableArguments {
  /// OpenBLAS as distributions build it serves this many threads at once.
  static let highestCount = 64

  // A negative number is a wrong value, not a missing one.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads to compute on; all processors by default. Never changes a result.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...Self.highestCount).contains(threads) {
      throw ValidationError(
        "--threads: expected a number from 1 to \(Self.highestCount), found \(threads)")
    }
  }

  /// The number of threads to use.
  var count: Int { min(threads ?? Threads.defaultCount, Self.highestCount) }
}
