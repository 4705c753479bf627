import MLMModel
import MLMNumerics
import Testing

/// Every parameter's gradient against finite differences of the loss, for each head and pooling, at
/// each level this CPU has.
@Suite struct GradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let head: Head
    var attention = TransformerConfiguration.Attention.bidirectional
    var pooling = Pooling.mean
    var task = ClassificationTask.single
    var dropout: Dropout?
    var switches: Switches.Change = { _ in }
    var testDescription: String { name }

    static let dropout = Dropout(rate: 0.3, seed: 5, step: 7, firstRow: 100)
    static let all = [
      Case(name: "masked", head: .languageModel),
      Case(name: "causal", head: .languageModel, attention: .causal),
      Case(name: "class, mean", head: .classification(classCount: 3)),
      Case(name: "class, first", head: .classification(classCount: 3), pooling: .first),
      Case(name: "class, max", head: .classification(classCount: 3), pooling: .max),
      Case(name: "several classes", head: .classification(classCount: 3), task: .multi),
      Case(name: "a number", head: .classification(classCount: 1), task: .regression),
      Case(name: "masked, dropout", head: .languageModel, dropout: dropout),
      Case(name: "class, dropout", head: .classification(classCount: 3), dropout: dropout),
      Case(name: "BERT", head: .languageModel, switches: Switches.bert),
      Case(name: "BERT, dropout", head: .languageModel, dropout: dropout, switches: Switches.bert),
      Case(name: "BERT, causal", head: .languageModel, attention: .causal, switches: Switches.bert),
      Case(
        name: "BERT, class", head: .classification(classCount: 3), pooling: .first,
        switches: Switches.bert),
      Case(name: "RoBERTa, untied", head: .languageModel, switches: Switches.roberta),
      Case(name: "ELECTRA, generator", head: .languageModel, switches: Switches.electra),
      Case(
        name: "ELECTRA, generator, dropout", head: .languageModel, dropout: dropout,
        switches: Switches.electra),
      Case(name: "ELECTRA, discriminator", head: .replacedTokens, switches: Switches.electra),
      Case(
        name: "ELECTRA, several classes", head: .classification(classCount: 3), pooling: .first,
        task: .multi, switches: Switches.electra),
      Case(name: "biases, windows", head: .languageModel, switches: Switches.modern),
      Case(
        name: "biases, windows, last", head: .classification(classCount: 3), attention: .causal,
        pooling: .last, switches: Switches.modern),
      Case(name: "mixed switches", head: .languageModel, switches: Switches.mixed),
      Case(
        name: "weighted mean", head: .classification(classCount: 3), pooling: .weightedMean),
      Case(
        name: "mean by root", head: .classification(classCount: 3), pooling: .meanSquareRootLength),
    ]
  }

  @Test(arguments: Case.all, CPULevel.supported)
  func gradientsAreFiniteDifferences(_ example: Case, level: CPULevel) {
    let probe = Probe(example, Processor(level: level))
    for (index, slot) in probe.gradients.layout.slots.enumerated() {
      let gradient = Array(probe.gradients.values(index))
      let byMagnitude = gradient.indices.sorted { abs(gradient[$0]) > abs(gradient[$1]) }
      let largest = abs(gradient[byMagnitude[0]])
      // Rows that no token, position or key needs have none.
      #expect(largest > 1e-3, "\(slot.name) has no gradient to speak of")
      var compared = 0
      // The two largest, the smallest and one in the middle.
      for rank in [0, min(1, slot.count - 1), slot.count / 2, slot.count - 1] {
        let place = byMagnitude[rank]
        guard let (difference, error) = probe.slope(slot, along: { $0 == place ? 1 : 0 })
        else { continue }
        compared += 1
        #expect(
          abs(difference - Double(gradient[place])) <= probe.allowed(1, largest) + error,
          "\(slot.name)[\(place)]")
      }
      // Along a direction of random signs, where every entry counts the same.
      let signs = probe.signs(index, slot.count)
      let along = zip(signs, gradient).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let scale = 1 / Float(slot.count).squareRoot()
      if let (difference, error) = probe.slope(slot, along: { signs[$0] * scale }) {
        compared += 1
        #expect(
          abs(difference / Double(scale) - along)
            <= probe.allowed(slot.count, largest) + error / Double(scale),
          "\(slot.name), all entries")
      }
      #expect(compared >= (example.pooling == .max ? 3 : 5), "\(slot.name)")
    }
  }

  @Test(arguments: Case.all, CPULevel.supported)
  func gradientsAreScaledAndAdded(_ example: Case, level: CPULevel) {
    let probe = Probe(example, Processor(level: level))
    let twice = Parameters(probe.gradients.layout)
    for scale: Float in [0.5, 1.5] {
      _ = probe.model.train(
        probe.batch, probe.goal, scale: scale, into: twice, dropout: example.dropout)
    }
    for index in twice.layout.slots.indices {
      let largest = probe.gradients.values(index).map(abs).max() ?? 0
      for (sum, once) in zip(twice.values(index), probe.gradients.values(index)) {
        #expect(abs(sum - 2 * once) <= 3e-5 * largest)
      }
    }
  }

  /// The last layer may leave out the rows that nobody asks for: losses and gradients stay.
  @Test(
    arguments: Case.all.filter { $0.head == .languageModel && $0.dropout == nil },
    [[Int32](), [0], [15], [1, 3, 5, 8, 12, 13, 14], Array(0..<16)])
  func rowsThatAreNotWantedChangeNothing(_ example: Case, rows: [Int32]) {
    let probe = Probe(example)
    let goal = SmallModel.Goal.tokens(rows.map { .init(row: $0, token: ($0 * 5) % 13) })
    let (all, wanted) = (Parameters(probe.gradients.layout), Parameters(probe.gradients.layout))
    let losses = [all, wanted].map { gradients in
      probe.model.train(probe.batch, goal, into: gradients, onlyTargets: gradients === wanted)
    }
    #expect(probe.model.activations.output.rows == rows.count)
    #expect(abs(losses[0] - losses[1]) <= 1e-6 * abs(losses[0]))
    #expect(rows.isEmpty == (losses[0] == 0))
    for (index, slot) in all.layout.slots.enumerated() {
      let largest = all.values(index).map(abs).max() ?? 0
      for (expected, found) in zip(all.values(index), wanted.values(index)) {
        #expect(abs(expected - found) <= 1e-5 * largest, "\(slot.name)")
      }
    }
  }

  /// What is rounded for the backward pass comes back to it, whatever other layers did in between: the
  /// loss stays to the last bit, and gradients but for rounding, half a unit of a 7-bit fraction (0.004)
  /// for each number, which norms of rows of eight numbers magnify.
  @Test(arguments: Case.all)
  func roundingWhatIsKeptRoundsGradients(_ example: Case) {
    let (whole, rounded) = (Probe(example, keeping: .float32), Probe(example, keeping: .bfloat16))
    #expect(rounded.loss == whole.loss)
    let differences = rounded.differences(from: whole)
    for (name, difference) in differences { #expect(difference <= 0.04, "\(name)") }
    #expect(differences.contains { $0.difference > 1e-4 })
  }

  /// The whole pass with products of bf16 against that of float32.
  ///
  /// Not with dropout, which leaves norms rows of eight numbers so much alike that they magnify rounding
  /// a hundred times.
  @Test(arguments: Case.all.filter { $0.dropout == nil })
  func gradientsOfBFloat16AreThoseOfFloat32(_ example: Case) {
    let rounded = Probe(example, .current(.bfloat16))
    for (name, difference) in rounded.differences(from: Probe(example)) {
      #expect(difference <= 0.1, "\(name)")
    }
  }
}

/// A model with its gradients, and slopes of its loss by differences.
private struct Probe {
  let model: SmallModel
  let batch: Batch
  let goal: SmallModel.Goal
  let loss: Double
  let gradients: Parameters
  private let dropout: Dropout?
  private let scratch: Parameters

  init(
    _ example: GradientTests.Case, _ processor: Processor = .current,
    keeping keptPrecision: Precision? = nil
  ) {
    let description = ModelDescription.small(
      example.head, attention: example.attention, pooling: example.pooling, example.switches)
    let parameters = Parameters(description.layout)
    parameters.fillWidely(seed: 3)
    model = SmallModel(
      description, parameters: parameters, processor: processor, keeping: keptPrecision)
    batch = .drawn([5, 1, 7, 3], vocabularySize: 13, seed: 4, typeCount: 2)
    goal =
      switch (example.head, example.task) {
      case (.classification, .single): .classes([2, 0, 1, 2])
      case (.classification, .multi): .sequences(.multi([1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0]))
      case (.classification, .regression): .sequences(.regression([0.5, -1, 2, 0]))
      case (.replacedTokens, _): .replaced((0..<16).map { $0 % 3 == 0 })
      default: .tokens([1, 3, 5, 8, 12, 13, 14].map { .init(row: $0, token: ($0 * 5) % 13) })
      }
    dropout = example.dropout
    gradients = Parameters(description.layout)
    scratch = Parameters(description.layout)
    loss = model.train(batch, goal, into: gradients, dropout: dropout)
  }

  /// How far each parameter's gradient is from another's, as a part of its length.
  func differences(from other: Probe) -> [(name: String, difference: Double)] {
    gradients.layout.slots.enumerated().map { index, slot in
      let (found, expected) = (gradients.values(index), other.gradients.values(index))
      let difference = length(zip(found, expected).map { Double($0) - Double($1) })
      return (slot.name, difference / length(expected.map(Double.init)))
    }
  }

  private func length(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The slope of the loss along a direction in one slot, from four losses around the present one:
  /// (8·(L(h) − L(−h)) − (L(2h) − L(−2h)))/12h, whose error is of order h⁴.
  ///
  /// Nil where the loss has a kink in between: another row has become the largest. Where norms come
  /// after sublayers, rows of eight numbers are normalized by deviations that may be small, and losses
  /// are curved: the slope is then taken with half the step as well, and is as far off as the two are
  /// apart.
  func slope(
    _ slot: ParameterLayout.Slot, along direction: (Int) -> Float
  ) -> (slope: Double, error: Double)? {
    let step: Float = model.description.pooling == .max ? 0.005 : 0.02
    guard let whole = slope(slot, step, along: direction) else { return nil }
    guard model.description.transformer.normPlacement == .after else { return (whole, 0) }
    guard let half = slope(slot, step / 2, along: direction) else { return nil }
    // Half the step has twice the noise.
    return (half, abs(whole - half) + 3e-4)
  }

  private func slope(
    _ slot: ParameterLayout.Slot, _ step: Float, along direction: (Int) -> Float
  ) -> Double? {
    let start = model.transformer.parameters.storage.pointer + slot.start
    let values = (0..<slot.count).map { start[$0] }
    var largest: Set<[Int]> = []
    func loss(_ distance: Float) -> Double {
      for place in 0..<slot.count { start[place] = values[place] + distance * direction(place) }
      let loss = model.train(batch, goal, into: scratch, dropout: dropout)
      if model.description.pooling == .max { largest.insert(largestRows()) }
      return loss
    }
    let near = loss(step) - loss(-step)
    let far = loss(2 * step) - loss(-2 * step)
    for place in 0..<slot.count { start[place] = values[place] }
    return largest.count > 1 ? nil : (8 * near - far) / (12 * Double(step))
  }

  /// The row that holds the largest number of each sequence and column.
  private func largestRows() -> [Int] {
    let output = model.activations.output
    return zip(batch.offsets, batch.offsets.dropFirst()).flatMap { first, end in
      (0..<output.columns).map { column in
        (first..<end).max { output.row($0)[column] < output.row($1)[column] } ?? first
      }
    }
  }

  /// How far slope and gradient may be apart.
  ///
  /// A loss of about 20 is known to about 3e-6 in float32, a slope thus to 2e-4; a gradient itself
  /// to a small part of the slot's largest. Over `count` entries errors add up as their root.
  func allowed(_ count: Int, _ largest: Float) -> Double {
    (3e-4 + 1e-4 * Double(largest)) * Double(count).squareRoot()
  }

  func signs(_ slot: Int, _ count: Int) -> [Float] {
    let random = RandomStream(seed: 9, stream: 2)
    return (0..<count).map {
      random.below(2, step: UInt64(slot), position: UInt64($0)) == 0 ? -1 : 1
    }
  }
}
