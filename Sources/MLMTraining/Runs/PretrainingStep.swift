import MLM
import MLMModel
import MLMNumerics
import MLMText

/// One optimizer step of pretraining: fetch, hide, forward, backward, update.
struct PretrainingStep {
  let plan: PretrainingPlan
  let optimization: Optimization
  let batches: BatchSource
  private let masking: Masking

  init(
    plan: PretrainingPlan, optimization: Optimization, batches: BatchSource, tokenizer: Tokenizer
  ) {
    self.plan = plan
    self.optimization = optimization
    self.batches = batches
    masking = Masking(
      seed: plan.seed, maskID: tokenizer.maskID,
      isSpecial: (0..<Int32(tokenizer.vocabularySize)).map(tokenizer.isSpecial))
  }

  /// Does a step, which counts from 1.
  ///
  /// - Throws: ``TrainingError`` with code `diverged`; the weights stay as they were.
  func run(step: Int) throws -> StepReport {
    let clock = ContinuousClock()
    let start = clock.now
    let phase = plan.objective.phase(
      atStep: step, of: plan.stepCount, maskRate: plan.maskRate,
      nextWordShare: plan.nextWordShare)
    let batch = try Profile.shared.measure(.data) {
      StepBatch(
        try batches.sequences(ofStep: step), phase: phase, masking: masking, step: step)
    }
    let rate = plan.schedule.rate(atStep: step, of: plan.stepCount)
    let loss = accumulateGradients(batch, phase, step: step)
    let norm =
      loss.isFinite
      ? optimization.update(
        learningRate: rate, weightDecay: plan.weightDecay, gradientClip: plan.gradientClip)
      : loss
    guard norm.isFinite else {
      throw TrainingError.diverged(
        "step \(step) at learning rate \(rate)", loss: loss,
        advice: "a lower --learning-rate or a longer --warmup")
    }
    return StepReport(
      step: step, stepCount: plan.stepCount, loss: loss, gradientNorm: norm, learningRate: rate,
      tokenCount: batch.tokenCount, seconds: start.duration(to: clock.now).inSeconds)
  }

  /// The mean loss of a step's targets; its gradients are then in `optimization`.
  private func accumulateGradients(
    _ batch: StepBatch, _ phase: Objective.Phase, step: Int
  ) -> Double {
    // A mean over nothing: a step in which chance hid no token teaches nothing.
    let scale = Float(1 / Double(max(1, batch.targetCount)))
    let (plan, transformer, pieces) = (plan, optimization.transformer, batch.pieces)
    let attention: TransformerConfiguration.Attention =
      phase == .nextWord ? .causal : transformer.configuration.attention
    let sum = optimization.accumulate(pieces.count) { index, worker, layerIsDone in
      let piece = pieces[index]
      let dropout =
        plan.dropout > 0
        ? Dropout(
          rate: plan.dropout, seed: plan.seed, step: UInt64(step), firstRow: piece.firstRow)
        : nil
      transformer.forward(
        piece.batch, into: worker.activations, attention: attention, dropout: dropout,
        outputRows: piece.targets.map(\.row))
      let gradient = worker.outputGradient(
        rows: piece.targets.count, width: transformer.configuration.width)
      // The rows of the output are those of the targets.
      let targets = piece.targets.enumerated().map {
        LanguageModelHead.Target(row: Int32($0), token: $1.token)
      }
      let loss = worker.languageModelHead.train(
        on: targets, output: worker.activations.output, scale: scale,
        outputGradient: gradient, gradients: worker.gradients)
      transformer.backward(
        outputGradient: gradient, piece.batch, worker.activations, into: worker.gradients,
        attention: attention, dropout: dropout, layerIsDone: layerIsDone)
      return loss
    }
    return sum / Double(max(1, batch.targetCount))
  }
}
