/// What turns gradients into steps.
public enum Optimizer: String, CaseIterable, Codable, Sendable {
  /// AdamW for all parameters.
  case adamW = "adamw"
  /// Muon for the matrices between hidden layers, and AdamW for embeddings, heads and vectors. The
  /// learning rate and the weight decay serve both.
  case muon
}
