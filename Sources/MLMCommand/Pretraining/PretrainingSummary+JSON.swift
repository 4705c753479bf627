import MLMNumerics
import MLMTraining

extension PretrainingSummary {
  /// The line that ends `pretrain`.
  var json: JSON {
    .object([
      ("output", .string(output)),
      ("objective", .string(objective.rawValue)),
      ("steps", .integer(stepCount)),
      ("tokens_per_second", JSON(tokensPerSecond)),
      ("held_out_loss", JSON(heldOutLoss)),
      ("precision", .string(precision.rawValue)),
    ])
  }
}
