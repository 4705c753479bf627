/// The number format of the operands of matrix products.
///
/// Weights, activations and sums are float32 in both.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// Operands as they are: products by OpenBLAS.
  case float32
  /// Operands rounded to bf16, the upper half of a float32: products on the processor's matrix tiles
  /// where it has them (Intel's AMX), else by slower code with the same result.
  case bfloat16

  /// What training uses unless told otherwise: bf16 where it is the faster of the two.
  public static var fastest: Precision { CPULevel.detect() == .amx ? .bfloat16 : .float32 }
}
