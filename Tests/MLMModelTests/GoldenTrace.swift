import Foundation
import MLMModel

/// Ten training steps computed by PyTorch, as Tests/Reference/model_reference.py writes them.
struct GoldenTrace: Decodable {
  struct Optimizer: Decodable {
    let learning_rate, beta1, beta2, epsilon, weight_decay, clip_epsilon, clip_norm: Double
    let decayed: [String]
  }
  struct Tensor: Decodable {
    let shape: [Int]
    let data: [Double]
  }
  struct Step: Decodable {
    let ids: [Int32]
    let offsets: [Int]
    let rows, targets, labels: [Int32]?
  }
  struct Summary: Decodable {
    let sum, norm: Double
  }
  /// The largest distance between PyTorch's float32 and its float64 of each list: what rounding
  /// alone does.
  struct RoundingError: Decodable {
    let losses, gradient_norms, first_logits, first_gradients, final_weights: Double
  }

  let optimizer: Optimizer
  let weights: [String: Tensor]
  let batches: [Step]
  let losses, gradient_norms: [Double]
  let first_logits: [[Double]]
  let first_gradients: [String: Tensor]
  let first_gradient_summaries, final_weight_summaries: [String: Summary]
  let float32_error: RoundingError

  static func read(_ kind: String) throws -> (trace: GoldenTrace, description: ModelDescription) {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(kind)_trace.json")
    let data = try Data(contentsOf: path)
    let whole = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let configuration = try JSONSerialization.data(withJSONObject: whole?["config"] ?? [:])
    return (
      try JSONDecoder().decode(GoldenTrace.self, from: data),
      try ModelDescription(json: Array(configuration), path: path.path)
    )
  }
}

extension GoldenTrace.Step {
  var batch: Batch {
    Batch(zip(offsets, offsets.dropFirst()).map { ids[$0..<$1] })
  }

  var goal: SmallModel.Goal {
    if let labels { return .classes(labels) }
    return .tokens(
      zip(rows ?? [], targets ?? []).map { LanguageModelHead.Target(row: $0, token: $1) })
  }
}
