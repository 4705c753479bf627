import ArgumentParser

/// The number format of the matrix products.
struct PrecisionOption: ParsableArguments {
  enum Precision: String, CaseIterable, ExpressibleByArgument {
    case auto, float32, bfloat16
  }

  @Option(help: "Number format of the matrix products.")
  var precision: Precision = .auto

  func validate() throws {
    if precision == .bfloat16 {
      throw ValidationError(
        "--precision: expected auto or float32, found bfloat16, for which this build has no product")
    }
  }

  /// The precision that is used.
  var used: String { Precision.float32.rawValue }
}
