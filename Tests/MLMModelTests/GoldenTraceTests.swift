import Foundation
import MLMModel
import MLMNumerics
import Testing

/// Ten steps from the same weights on the same batches arrive at PyTorch's numbers (torch 2.13,
/// transformers 5.23, float32).
///
/// Each fixture says how far PyTorch's own float32 is from its float64 for each list. A second
/// float32 implementation rounds in another order, so both may be that far off, in opposite
/// directions; and entries other than PyTorch's worst may round worse for us. Hence `margin` times
/// that distance is allowed: about 1e-5 for a loss of 4.
@Suite struct GoldenTraceTests {
  private let margin = 8.0

  @Test(arguments: ["masked", "causal", "classification", "bert"])
  func tenStepsAreTorchs(_ kind: String) throws {
    let (trace, description) = try GoldenTrace.read(kind)
    let model = SmallModel(description, parameters: try weights(of: trace, description))
    let parameters = model.transformer.parameters
    let layout = description.layout
    let optimizer = AdamW(
      learningRate: trace.optimizer.learning_rate, beta1: trace.optimizer.beta1,
      beta2: trace.optimizer.beta2, epsilon: trace.optimizer.epsilon,
      weightDecay: trace.optimizer.weight_decay)
    let (gradients, first, second) = (Parameters(layout), Parameters(layout), Parameters(layout))
    let allowed = trace.float32_error

    #expect(trace.batches.count == 10)
    for (step, numbers) in trace.batches.enumerated() {
      let count = numbers.goal.count
      if step == 0 { try checkLogits(trace, model) }
      gradients.setToZero()
      let loss =
        model.train(numbers.batch, numbers.goal, scale: 1 / Float(count), into: gradients)
        / Double(count)
      #expect(
        abs(loss - trace.losses[step]) <= margin * allowed.losses, "loss of step \(step)")
      let norm = model.transformer.processor.sumOfSquares(
        gradients.storage.pointer, count: gradients.storage.count
      ).squareRoot()
      #expect(
        abs(norm - trace.gradient_norms[step]) <= margin * allowed.gradient_norms,
        "gradient norm of step \(step)")
      if step == 0 { checkGradients(trace, gradients, description) }
      let clip = min(1, trace.optimizer.clip_norm / (norm + trace.optimizer.clip_epsilon))
      for (index, slot) in layout.slots.enumerated() {
        optimizer.step(
          parameters: parameters.vector(index), gradients: gradients.vector(index),
          firstMoment: first.vector(index), secondMoment: second.vector(index), count: slot.count,
          step: step + 1, decays: slot.decays, gradientScale: Float(clip))
      }
    }
    for (name, values) in named(parameters, description) {
      // A key's bias has no gradient but rounding, which AdamW takes for one.
      if name.hasSuffix("key.bias") { continue }
      let summary = try #require(trace.final_weight_summaries[name])
      check(values, summary, entryError: margin * allowed.final_weights, name)
    }
  }

  @Test(arguments: ["masked", "causal", "classification", "bert"])
  func decayIsForTorchsMatrices(_ kind: String) throws {
    let (trace, description) = try GoldenTrace.read(kind)
    let decayed = description.layout.slots.filter(\.decays)
      .flatMap { description.tensorNames(of: $0).map(\.name) }
    #expect(Set(decayed) == Set(trace.optimizer.decayed))
  }

  /// The trace's weights, by way of a file as transformers names its tensors.
  private func weights(
    of trace: GoldenTrace, _ description: ModelDescription
  ) throws -> Parameters {
    var tensors: [TensorToWrite] = []
    var storage: [FloatBuffer] = []
    for (name, tensor) in trace.weights {
      let buffer = FloatBuffer(count: tensor.data.count)
      for (place, value) in tensor.data.enumerated() { buffer.pointer[place] = Float(value) }
      storage.append(buffer)
      tensors.append(
        TensorToWrite(
          name: name, shape: tensor.shape,
          values: UnsafeBufferPointer(start: buffer.pointer, count: buffer.count)))
    }
    let folder = try TemporaryFolder()
    let parameters = Parameters(description.layout)
    try parameters.read(
      from: SafetensorsFile(path: try folder.write(tensors)),
      named: description.tensorNames, ignoring: { _ in false })
    withExtendedLifetime(storage) {}
    return parameters
  }

  private func checkLogits(_ trace: GoldenTrace, _ model: SmallModel) throws {
    let batch = trace.batches[0].batch
    model.transformer.forward(batch, into: model.activations)
    let output = model.activations.output
    var rows: [[Float]] = []
    if trace.batches[0].labels == nil {
      LanguageModelHead(model.transformer).scores(
        atRows: try #require(trace.batches[0].rows), output: output
      ) { index, scores in
        #expect(index == rows.count)
        rows.append(Array(scores))
      }
    } else {
      // The scores of a regression are the logits as they are.
      let head = ClassificationHead(model.transformer, pooling: model.description.pooling)
      rows = Rows(head.predictions(batch, output: output, task: .regression)).all
    }
    #expect(rows.map(\.count) == trace.first_logits.map(\.count))
    for (row, expected) in zip(rows, trace.first_logits) {
      for (value, logit) in zip(row, expected) {
        #expect(abs(Double(value) - logit) <= margin * trace.float32_error.first_logits)
      }
    }
  }

  private func checkGradients(
    _ trace: GoldenTrace, _ gradients: Parameters, _ description: ModelDescription
  ) {
    let allowed = margin * trace.float32_error.first_gradients
    var whole = 0
    for (name, values) in named(gradients, description) {
      if let tensor = trace.first_gradients[name] {
        #expect(values.count == tensor.data.count)
        for (value, expected) in zip(values, tensor.data) {
          #expect(abs(Double(value) - expected) <= allowed, "gradient of \(name)")
        }
        whole += 1
      }
      guard let summary = trace.first_gradient_summaries[name] else {
        Issue.record("no gradient of \(name)")
        continue
      }
      check(values, summary, entryError: allowed, name)
    }
    #expect(whole == trace.first_gradients.count)
  }

  /// Compares sum and norm.
  ///
  /// Errors of single entries are independent of each other, so those of
  /// n entries add up to about √n of one.
  private func check(
    _ values: [Float], _ summary: GoldenTrace.Summary, entryError: Double, _ name: String
  ) {
    let sum = values.reduce(0.0) { $0 + Double($1) }
    let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let allowed = entryError * Double(values.count).squareRoot()
    #expect(abs(sum - summary.sum) <= allowed, "sum of \(name)")
    #expect(abs(norm - summary.norm) <= allowed, "norm of \(name)")
  }

  private func named(
    _ parameters: Parameters, _ description: ModelDescription
  ) -> [(name: String, values: [Float])] {
    parameters.tensors(named: description.tensorNames)
      .map { ($0.name, Array($0.values)) }
  }
}
