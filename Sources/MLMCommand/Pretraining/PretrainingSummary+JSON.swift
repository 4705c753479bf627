import MLMTraining

extension PretrainingSummary {
  /// The line that ends `pretrain`.
  func json(precision: String) -> JSON {
    .object([
      ("output", .string(output)),
      ("objective", .string(objective.rawValue)),
      ("steps", .integer(stepCount)),
      ("tokens_per_second", JSON(tokensPerSecond)),
      ("held_out_loss", JSON(heldOutLoss)),
      ("precision", .string(precision)),
    ])
  }
}
