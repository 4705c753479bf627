import MLMTraining

/// The figures of an evaluation, for people and for programs. No times: the same model and text give
/// the same bytes.
struct EvaluationReport {
  /// What `--min-accuracy` compares; nil of a regression.
  let accuracy: Double?
  /// The figures as JSON.
  let json: JSON
  /// The figures as text, every line ended.
  let table: String

  init(_ evaluation: ClassificationEvaluation) {
    let (figures, text) =
      evaluation.task == .regression ? Self.regression(evaluation) : Self.classes(evaluation)
    accuracy = evaluation.task == .regression ? nil : evaluation.accuracy
    json = .object(
      figures + [
        ("examples", .integer(evaluation.exampleCount)),
        ("truncated", .integer(evaluation.truncatedCount)),
        ("loss", .double(evaluation.loss)),
        ("task", .string(evaluation.task.rawValue)),
      ] + (evaluation.task == .regression ? [] : [("labels", Self.labels(evaluation))]))
    table = text
  }

  private static func regression(
    _ evaluation: ClassificationEvaluation
  ) -> ([(String, JSON)], String) {
    let correlation = evaluation.correlation ?? 0
    var table = Table(["examples", Numbers.grouped(evaluation.exampleCount)])
    table.add(["correlation", Numbers.fixed(correlation, 4)])
    table.add(["mean squared error", Numbers.fixed(evaluation.loss, 4)])
    return (
      [("correlation", .double(correlation)), ("mean_squared_error", .double(evaluation.loss))],
      table.text + truncation(evaluation)
    )
  }

  private static func classes(
    _ evaluation: ClassificationEvaluation
  ) -> ([(String, JSON)], String) {
    var table = Table(["label", "examples", "precision", "recall", "F1"])
    for label in evaluation.labels {
      table.add([
        label.name, Numbers.grouped(label.wanted), Numbers.fixed(label.precision, 4),
        Numbers.fixed(label.recall, 4), Numbers.fixed(label.f1, 4),
      ])
    }
    var summary = Table(["accuracy", Numbers.percent(evaluation.accuracy)])
    summary.add(["macro F1", Numbers.fixed(evaluation.macroF1, 4)])
    summary.add(["loss", Numbers.fixed(evaluation.loss, 4)])
    summary.add(["examples", Numbers.grouped(evaluation.exampleCount)])
    return (
      [("accuracy", .double(evaluation.accuracy)), ("macro_f1", .double(evaluation.macroF1))],
      summary.text + "\n" + table.text + truncation(evaluation)
    )
  }

  private static func truncation(_ evaluation: ClassificationEvaluation) -> String {
    evaluation.truncatedCount == 0
      ? ""
      : "\n\(Numbers.counted(evaluation.truncatedCount, "text")) longer than what is read of them\n"
  }

  private static func labels(_ evaluation: ClassificationEvaluation) -> JSON {
    .array(
      evaluation.labels.map { label in
        .object([
          ("label", .string(label.name)), ("examples", .integer(label.wanted)),
          ("precision", .double(label.precision)), ("recall", .double(label.recall)),
          ("f1", .double(label.f1)),
        ])
      })
  }

  init(_ evaluation: LanguageModelEvaluation) {
    let isMasked = evaluation.kind == .masked
    accuracy = evaluation.accuracy
    json = .object([
      (isMasked ? "masked_accuracy" : "next_token_accuracy", .double(evaluation.accuracy)),
      ("accuracy", .double(evaluation.accuracy)),
      ("cross_entropy", .double(evaluation.crossEntropy)),
      ("perplexity", .double(evaluation.perplexity)),
      ("bits_per_byte", .double(evaluation.bitsPerByte)),
      ("tokens", .integer(evaluation.tokenCount)),
      ("predicted_tokens", .integer(evaluation.predictedTokenCount)),
      ("bytes", .integer(evaluation.byteCount)),
      ("documents", .integer(evaluation.documentCount)),
    ])
    var table = Table([
      isMasked ? "masked accuracy" : "next-token accuracy", Numbers.percent(evaluation.accuracy),
    ])
    table.add(["cross-entropy", Numbers.fixed(evaluation.crossEntropy, 4) + " nats"])
    table.add(["perplexity", Numbers.fixed(evaluation.perplexity, 2)])
    table.add(["bits per byte", Numbers.fixed(evaluation.bitsPerByte, 4)])
    table.add(["tokens", Numbers.grouped(evaluation.tokenCount)])
    table.add(["predicted tokens", Numbers.grouped(evaluation.predictedTokenCount)])
    table.add(["bytes", Numbers.grouped(evaluation.byteCount)])
    table.add(["documents", Numbers.grouped(evaluation.documentCount)])
    self.table = table.text
  }
}
