/// The number format of the operands of matrix products.
///
/// Weights, activations and sums are float32 in both.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// Operands as they are: products by OpenBLAS.
  case float32
  /// Operands rounded to bf16, the upper half of a float32: products on the processor's matrix tiles
  /// where it has them (Intel's AMX), by its dot products where they are fast (AVX512-BF16 of AMD's Zen 4
  /// and 5), else by slower code.
  case bfloat16

  /// What training uses unless told otherwise: bf16 where it is the faster of the two.
  public static var fastest: Precision {
    BFloat16Path.fastest(at: .detect()) == .plain ? .float32 : .bfloat16
  }
}
