import MLMModel
import MLMNumerics
import MLMTestSupport
import MLMTraining
import Testing

@Suite struct OptimizationTests {
  private static let shape = TransformerConfiguration(
    vocabularySize: 40, layerCount: 2, width: 16, feedForwardWidth: 24, headCount: 2,
    maximumLength: 32)

  private func optimization(
    threads: Int, head: Head = .languageModel, optimizer: Optimizer = .adamW
  ) -> Optimization {
    let parameters = Parameters(ParameterLayout(Self.shape, head: head))
    parameters.initialize(seed: 3)
    return Optimization(
      Transformer(Self.shape, parameters: parameters), optimizer: optimizer,
      threads: Threads(count: threads))
  }

  /// Batches of different sizes; together they hold every token.
  private static let batches: [Batch] = (0..<7).map { piece in
    let random = RandomStream(seed: 9, stream: 1)
    return Batch(
      (0..<3 + piece % 3).map { sequence in
        (0..<5 + piece + sequence).map { place in
          Int32((place + random.below(40, step: UInt64(piece), position: UInt64(sequence))) % 40)
        }
      })
  }

  /// One pass over the batches on next words.
  private func accumulate(_ optimization: Optimization) -> Double {
    let transformer = optimization.transformer
    return optimization.accumulate(Self.batches.count) { piece, worker, layerIsDone in
      let batch = Self.batches[piece]
      transformer.forward(batch, into: worker.activations)
      let gradient = worker.outputGradient(rows: batch.rowCount, width: 16)
      let loss = worker.languageModelHead.train(
        on: batch.nextWordTargets, output: worker.activations.output, scale: 0.01,
        outputGradient: gradient, gradients: worker.gradients)
      transformer.backward(
        outputGradient: gradient, batch, worker.activations, into: worker.gradients,
        layerIsDone: layerIsDone)
      return loss
    }
  }

  /// One pass on the class of each sequence: whether its first token is even.
  private func accumulateClasses(_ optimization: Optimization) -> Double {
    let transformer = optimization.transformer
    return optimization.accumulate(Self.batches.count) { piece, worker, layerIsDone in
      let batch = Self.batches[piece]
      transformer.forward(batch, into: worker.activations)
      let gradient = worker.outputGradient(rows: batch.rowCount, width: 16)
      let loss = worker.classificationHead.train(
        on: .single(batch.offsets.dropLast().map { batch.ids[$0] % 2 }), batch,
        output: worker.activations.output, scale: 0.01, outputGradient: gradient,
        gradients: worker.gradients, dropout: nil)
      transformer.backward(
        outputGradient: gradient, batch, worker.activations, into: worker.gradients,
        layerIsDone: layerIsDone)
      return loss
    }
  }

  private func numbers(_ parameters: Parameters) -> [UInt32] {
    (0..<parameters.storage.count).map { parameters.storage.pointer[$0].bitPattern }
  }

  @Test(arguments: Optimizer.allCases)
  func threadsDoNotMatter(optimizer: Optimizer) {
    func train(_ threads: Int) -> (losses: [Double], gradients: [UInt32], weights: [UInt32]) {
      let optimization = optimization(threads: threads, optimizer: optimizer)
      var losses: [Double] = []
      var gradients: [UInt32] = []
      for _ in 0..<4 {
        losses.append(accumulate(optimization))
        gradients += numbers(optimization.gradients)
        losses.append(
          optimization.update(learningRate: 1e-2, weightDecay: 0.1, gradientClip: 0.05))
      }
      return (losses, gradients, numbers(optimization.transformer.parameters))
    }
    let one = train(1)
    for count in [2, 3] {
      let other = train(count)
      #expect(other.losses == one.losses)
      #expect(other.gradients == one.gradients)
      #expect(other.weights == one.weights)
    }
    #expect(one.losses[6] < one.losses[0])
  }

  /// Muon moves matrices between hidden layers by its own rule, and nothing else.
  @Test func muonMovesHiddenMatricesOnly() {
    let (adamW, muon) = (optimization(threads: 1), optimization(threads: 1, optimizer: .muon))
    for optimization in [adamW, muon] {
      _ = accumulate(optimization)
      _ = optimization.update(learningRate: 1e-3, weightDecay: 0.1, gradientClip: 1)
    }
    let (expected, found) = (adamW.transformer.parameters, muon.transformer.parameters)
    for (index, slot) in found.layout.slots.enumerated() {
      let isHidden = slot.name.hasPrefix("layer.") && slot.shape.count == 2
      #expect((slot.hiddenMatrixCount > 0) == isHidden, "\(slot.name)")
      #expect(
        found.values(index).elementsEqual(expected.values(index)) == !isHidden, "\(slot.name)")
    }
  }

  @Test func gradientIsTheSumOverThePieces() {
    let optimization = optimization(threads: 2)
    let layout = optimization.transformer.layout
    let slots = layout.slots
    // Numbers whose float sum depends on the order.
    @Sendable func value(_ piece: Int, _ place: Int) -> Float {
      let number = (piece * 37 + place * 11) % 101 - 50
      return Float(number) * (piece % 2 == 0 ? 1e4 : 1e-3)
    }
    let loss = optimization.accumulate(9) { piece, worker, layerIsDone in
      func add(_ slot: Int) {
        for place in 0..<slots[slot].count {
          worker.gradients.vector(slot)[place] += value(piece, slots[slot].start + place)
        }
      }
      for slot in layout.slotsOutsideLayers { add(slot) }
      for layer in layout.layerSlots.indices.reversed() {
        for slot in layout.layerSlots[layer] { add(slot) }
        layerIsDone(layer)
      }
      return Double(piece)
    }
    #expect(loss == 36)
    for (slot, numbers) in slots.enumerated() {
      for (place, found) in optimization.gradients.values(slot).enumerated() {
        let sum = (0..<9).reduce(Float(0)) { $0 + value($1, numbers.start + place) }
        #expect(found == sum, "\(numbers.name)")
      }
    }
  }

  @Test func clipping() {
    // After one step the first moment is (1 − β₁)·g with β₁ = 0.9, so its length is a tenth of the
    // clipped gradient's.
    func momentLength(clip: Float) -> (norm: Double, moment: Double) {
      let optimization = optimization(threads: 1)
      _ = accumulate(optimization)
      let norm = optimization.update(learningRate: 1e-3, weightDecay: 0, gradientClip: clip)
      let moment = optimization.firstMoment.storage
      let square = (0..<moment.count).reduce(0.0) {
        $0 + Double(moment.pointer[$1]) * Double(moment.pointer[$1])
      }
      return (norm, square.squareRoot())
    }
    let free = momentLength(clip: 1e6)
    #expect(free.norm > 0.01)
    #expect(abs(free.moment / (0.1 * free.norm) - 1) < 1e-5)
    let bound = Float(free.norm / 4)
    let clipped = momentLength(clip: bound)
    #expect(clipped.norm == free.norm)
    #expect(abs(clipped.moment / (0.1 * Double(bound)) - 1) < 1e-5)
  }

  @Test(
    arguments: [Head.languageModel, .classification(classCount: 2)],
    Optimizer.allCases)
  func everyParameterMoves(head: Head, optimizer: Optimizer) {
    let optimization = optimization(threads: 2, head: head, optimizer: optimizer)
    let before = optimization.transformer.parameters.copy()
    for _ in 0..<2 {
      _ =
        head == .languageModel ? accumulate(optimization) : accumulateClasses(optimization)
      _ = optimization.update(learningRate: 1e-3, weightDecay: 0, gradientClip: 1)
    }
    let after = optimization.transformer.parameters
    for (index, slot) in after.layout.slots.enumerated() {
      let moved = zip(before.values(index), after.values(index)).count { $0 != $1 }
      // A number whose gradient happens to be 0 in all batches may stay.
      #expect(moved >= slot.count * 98 / 100, "\(slot.name): \(moved) of \(slot.count) moved")
    }
  }

  @Test(arguments: [Float.nan, .infinity])
  func gradientThatIsNoNumber(value: Float) {
    let optimization = optimization(threads: 2)
    _ = accumulate(optimization)
    _ = optimization.update(learningRate: 1e-3, weightDecay: 0.1, gradientClip: 1)
    let weights = numbers(optimization.transformer.parameters)
    let moments = numbers(optimization.firstMoment) + numbers(optimization.secondMoment)
    _ = optimization.accumulate(3) { piece, worker, _ in
      if piece == 1 { worker.gradients.vector(0)[7] = value }
      return 0
    }
    let norm = optimization.update(learningRate: 1e-3, weightDecay: 0.1, gradientClip: 1)
    #expect(!norm.isFinite)
    #expect(optimization.stepCount == 1)
    #expect(numbers(optimization.transformer.parameters) == weights)
    #expect(
      numbers(optimization.firstMoment) + numbers(optimization.secondMoment) == moments)
  }
}
