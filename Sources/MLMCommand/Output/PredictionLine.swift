import MLM

/// A prediction as a line of text and of JSON.
struct PredictionLine {
  let text: String
  let json: JSON

  init(_ prediction: TextClassifier.Prediction, _ labels: [String], _ task: ClassificationTask) {
    let probabilities = JSON.object(
      zip(labels, prediction.scores).map { ($0, JSON.float($1)) })
    switch task {
    case .single:
      let highest = prediction.scores.max() ?? 0
      text = "\(prediction.label)\t\(highest)"
      json = .object([("label", .string(prediction.label)), ("probabilities", probabilities)])
    case .multi:
      // Labels as the training file has them, each with its own probability.
      let chosen = Set(prediction.labels)
      let found = zip(labels, prediction.scores).filter { chosen.contains($0.0) }.map(\.1)
      text =
        prediction.labels.joined(separator: "|") + "\t"
        + found.map { "\($0)" }.joined(separator: "|")
      json = .object([
        ("labels", .array(prediction.labels.map(JSON.string))), ("probabilities", probabilities),
      ])
    case .regression:
      let score = prediction.scores.first ?? 0
      text = "\(score)"
      json = .object([("score", .float(score))])
    }
  }
}
