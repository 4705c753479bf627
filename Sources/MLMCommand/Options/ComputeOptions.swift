import ArgumentParser

/// How a command computes; no option here changes a result but the precision.
struct ComputeOptions: ParsableArguments {
  /// The number format of the matrix products.
  enum Precision: String, CaseIterable, ExpressibleByArgument {
    case auto, float32, bfloat16
  }

  /// OpenBLAS as distributions build it serves this many threads at once.
  static let highestThreadCount = 64

  @Option(help: "Threads to compute on; all processors by default. Never changes a result.")
  var threads: Int?

  @Option(help: "Number format of the matrix products.")
  var precision: Precision = .auto

  func validate() throws {
    if let threads, !(1...Self.highestThreadCount).contains(threads) {
      throw ValidationError(
        "--threads: expected a number from 1 to \(Self.highestThreadCount), found \(threads)")
    }
    if precision == .bfloat16 {
      throw ValidationError(
        "--precision: expected auto or float32, found bfloat16, for which this build has no product")
    }
  }

  /// The precision that is used.
  var usedPrecision: String { Precision.float32.rawValue }
}
