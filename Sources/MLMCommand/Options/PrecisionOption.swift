import ArgumentParser
import MLM
import MLMNumerics

/// The number format of the operands of matrix products.
struct PrecisionOption: ParsableArguments {
  enum Choice: String, CaseIterable, ExpressibleByArgument {
    case auto, float32, bfloat16
  }

  @Option(
    help: ArgumentHelp(
      "Number format of the operands of matrix products.",
      discussion: """
        auto: for training bfloat16 where this processor has tiles or fast dot products for it, \
        else float32.
        """
    ))
  var precision: Choice = .auto

  /// What was asked for; nil if that was left open.
  var requested: Precision? { Precision(rawValue: precision.rawValue) }

  /// What training uses.
  var forTraining: Precision { requested ?? .fastest }

  /// What inference uses.
  var forInference: Precision { requested ?? .float32 }
}
