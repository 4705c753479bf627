import MLM
import MLMModel

extension PretrainingOptions {
  /// Whether the shape or the tokenizer was asked for.
  var describesModel: Bool {
    preset != nil || layerCount != nil || width != nil || headCount != nil || maximumLength != nil
      || tokenizerPath != nil
  }

  /// Names of the options given here that a stored model's shape contradicts, with both values.
  func contradictions(to shape: TransformerConfiguration) -> [String] {
    let wanted = preset?.configuration(vocabularySize: shape.vocabularySize)
    var found: [String] = []
    func compare(_ name: String, _ given: Int?, _ stored: Int) {
      if let given, given != stored { found.append("\(name): stored \(stored), given \(given)") }
    }
    compare("layers", layerCount ?? wanted?.layerCount, shape.layerCount)
    compare("width", width ?? wanted?.width, shape.width)
    compare("heads", headCount ?? wanted?.headCount, shape.headCount)
    compare("maximum length", maximumLength, shape.maximumLength)
    return found
  }

  /// Names of the options given here that a stored run contradicts, with both values.
  func contradictions(to plan: PretrainingPlan) -> [String] {
    var found: [String] = []
    func compare<Value: Equatable>(_ name: String, _ given: Value?, _ stored: Value) {
      if let given, given != stored { found.append("\(name): stored \(stored), given \(given)") }
    }
    compare("objective", objective?.rawValue, plan.objective.rawValue)
    compare("next-word share", nextWordShare, plan.nextWordShare)
    compare("mask rate", maskRate.map(MaskRate.init(_:)), plan.maskRate)
    compare("steps", stepCount, plan.stepCount)
    if let epochs, plan.steps(ofEpochs: epochs) != plan.stepCount {
      found.append(
        "epochs: stored \(plan.stepCount) steps, given \(epochs) epochs, which are "
          + "\(plan.steps(ofEpochs: epochs)) steps")
    }
    func compare<Value: Equatable>(_ name: String, _ given: Value?, orNone stored: Value?) {
      if let given, given != stored {
        found.append("\(name): stored \(stored.map { "\($0)" } ?? "none"), given \(given)")
      }
    }
    compare("budget", budget, orNone: plan.budget)
    compare("model to go on from", startingModel, orNone: plan.startingModel)
    compare("documents", boundary?.rawValue, plan.boundary.rawValue)
    compare("text field", textField, orNone: plan.textField)
    if let vocabularySize, vocabularySize != plan.vocabularySize {
      let stored = plan.vocabularySize.map(String.init) ?? "that of a given tokenizer"
      found.append("vocabulary size: stored \(stored), given \(vocabularySize)")
    }
    compare("batch tokens", batchTokens, plan.batchTokens)
    compare("sequence length", sequenceLength, plan.sequenceLength)
    compare("optimizer", optimizer?.rawValue, plan.optimizer.rawValue)
    compare("learning rate", learningRate, plan.schedule.peak)
    compare("warmup", warmup, plan.schedule.warmup)
    compare("weight decay", weightDecay, plan.weightDecay)
    compare("dropout", dropout, plan.dropout)
    compare("precision", precision?.rawValue, plan.precision.rawValue)
    compare("seed", seed, plan.seed)
    return found
  }
}
