import MLMNumerics
import MLMReporting
import MLMTraining

/// The model card of a pretrained model.
struct PretrainingCard {
  let text: String

  init(
    _ run: PretrainingRun, _ summary: PretrainingSummary, files: [String],
    startingModel: String?
  ) {
    let isCausal = run.plan.objective == .nextWord
    var card = ModelCard(
      name: ModelFacts.name(ofPath: run.output),
      kind: isCausal ? .causalLanguageModel : .maskedLanguageModel,
      summary: Self.summary(run.plan.objective, startingModel))
    card.tags = ["mlm", run.description.family.rawValue, isCausal ? "causal-lm" : "masked-lm"]
    if !isCausal {
      card.tags.append("sentence-transformers")
      card.maskToken = run.tokenizer.specialTokens.mask
    }
    card.baseModel = startingModel.flatMap(ModelFacts.repositoryName)
    card.shape = ModelFacts.shape(run.configuration, parameterCount: run.parameterCount)
    card.data = [
      .init("files", ModelFacts.names(ofPaths: files)),
      .init("bytes", Numbers.grouped(run.corpusByteCount)),
      .init("documents", Numbers.grouped(run.corpusDocumentCount)),
      run.corpusDocumentCount == 1
        ? .init("held out", "the last \(Numbers.grouped(run.heldOutByteCount)) bytes")
        : .init("documents held out", Numbers.grouped(run.heldOutDocumentCount)),
      .init("training tokens", Numbers.grouped(run.corpusTokenCount)),
    ]
    card.command = ModelFacts.commandLine
    card.origin =
      Self.plan(run.plan) + ModelFacts.origin(seed: run.plan.seed, precision: run.plan.precision)
    if let loss = summary.heldOutLoss {
      let tokens = isCausal ? "next tokens" : "masked tokens"
      card.figures = [
        .init(
          "cross-entropy of \(tokens) on the held-out text", Numbers.fixed(loss, 4) + " nats")
      ]
    }
    card.limits =
      [
        ModelFacts.smallModelLimit,
        "The held-out text comes from the same files as the training text.",
      ] + ModelFacts.limitsOfReaders(run.configuration)
    text = card.text
  }

  private static func summary(_ objective: Objective, _ startingModel: String?) -> String {
    let use = objective == .nextWord ? "continues a text" : "fills masked tokens"
    let start =
      startingModel.map { "further trained with mlm from `\(ModelFacts.name(ofPath: $0))`" }
      ?? "trained from scratch with mlm"
    let order = objective == .hybrid ? ": on next words first, then on masked tokens" : ""
    return "A language model that \(use), \(start)\(order)."
  }

  private static func plan(_ plan: PretrainingPlan) -> [ModelCard.Fact] {
    [
      .init("objective", plan.objective.rawValue),
      .init("steps", Numbers.grouped(plan.stepCount)),
      .init("sequences per step", Numbers.grouped(plan.sequencesPerStep)),
      .init("longest sequence", "\(plan.sequenceLength) tokens"),
      .init("optimizer", plan.optimizer == .muon ? "Muon and AdamW" : "AdamW"),
      .init("learning rate", Numbers.scientific(Double(plan.schedule.peak))),
      .init("weight decay", "\(plan.weightDecay)"),
      .init("dropout", "\(plan.dropout)"),
    ]
  }
}
