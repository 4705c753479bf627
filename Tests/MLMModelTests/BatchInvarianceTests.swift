import MLMModel
import MLMNumerics
import Testing

/// A text's rows alone and in any batch: the same bits where OpenBLAS's kernels allow it, else
/// within a millionth of the largest entry.
@Suite struct BatchInvarianceTests {
  /// Two layers of the default shape, whose widths decide how OpenBLAS cuts its products.
  private static let transformer: Transformer = {
    var configuration = Preset.mini.configuration(vocabularySize: 100)
    configuration.layerCount = 2
    let parameters = Parameters(
      ParameterLayout(configuration, head: .classification(classCount: 3)))
    parameters.fillWidely(seed: 5, spread: 0.15)
    return Transformer(configuration, parameters: parameters)
  }()

  private let activations = Activations(
    BatchInvarianceTests.transformer.configuration, keeping: nil)

  private func run(_ batch: Batch) -> Matrix {
    Self.transformer.forward(batch, into: activations)
    return activations.output
  }

  /// The sequence at row `start` of a batch of `total` rows, among others of up to 30 tokens.
  private func batch(_ sequence: [Int32], at start: Int, total: Int) -> Batch {
    func filler(_ count: Int) -> [[Int32]] {
      let lengths = (0..<(count + 29) / 30).map { min(30, count - 30 * $0) }
      let drawn = Batch.drawn(lengths, vocabularySize: 100, seed: UInt64(total * 1000 + start))
      return zip(drawn.offsets, drawn.offsets.dropFirst()).map { Array(drawn.ids[$0..<$1]) }
    }
    return Batch(filler(start) + [sequence] + filler(total - start - sequence.count))
  }

  /// How far apart rows are: 0 for the same bits, else the largest distance over the largest entry.
  private func distance(_ a: [[Float]], _ b: [[Float]]) -> Float {
    guard a != b else { return 0 }
    let largest = a.joined().map(abs).max() ?? 0
    return zip(a.joined(), b.joined()).map { abs($0 - $1) }.max().map { $0 / largest } ?? .infinity
  }

  /// What embeddings may differ by.
  private let allowed: Float = Machine.current.rowsAreExact ? 0 : 1e-6
  /// What single rows may differ by, whose rounding no mean has evened out.
  private let allowedForRows: Float = Machine.current.rowsAreExact ? 0 : 4e-6

  private func mean(_ rows: [[Float]]) -> [[Float]] {
    [
      (0..<rows[0].count).map { column in
        rows.reduce(0) { $0 + $1[column] } / Float(rows.count)
      }
    ]
  }

  @Test func rowsAreTheSameAtEveryRowCount() {
    let sequence = Batch.drawn([7], vocabularySize: 100, seed: 77).ids
    let alone = Rows(run(Batch([sequence]))).all
    // Its first token as a text of its own stands before it.
    let single = Rows(run(Batch([sequence[..<1]]))).all
    for total in 1...300 {
      guard total >= 8 else {
        let rows = Rows(run(batch([sequence[0]], at: total / 2, total: total)))
        let start = total / 2
        #expect(distance(single, rows[start..<start + 1]) <= allowedForRows, "of \(total)")
        continue
      }
      // First, last, and places in between that are no multiple of anything.
      let start = [0, total - 8, total * 37 % 101 % (total - 7)][total % 3]
      var among = Batch()
      let before = batch(sequence, at: start, total: total - 1)
      for (first, end) in zip(before.offsets, before.offsets.dropFirst()) {
        if first == start { among.append(sequence[..<1]) }
        among.append(before.ids[first..<end])
      }
      let rows = Rows(run(among))
      let (one, seven) = (rows[start..<start + 1], rows[start + 1..<start + 8])
      #expect(distance(single, one) <= allowedForRows, "row \(start) of \(total)")
      #expect(distance(alone, seven) <= allowedForRows, "row \(start + 1) of \(total)")
      #expect(
        distance(mean(alone), mean(seven)) <= allowed, "mean from row \(start + 1) of \(total)")
    }
  }

  @Test func rowsAreTheSameAtEveryPosition() {
    let sequence = Batch.drawn([5], vocabularySize: 100, seed: 78).ids
    let alone = Rows(run(Batch([sequence]))).all
    for start in 0...95 {
      let rows = Rows(run(batch(sequence, at: start, total: 100)))[start..<start + 5]
      #expect(distance(alone, rows) <= allowedForRows, "at row \(start)")
      #expect(distance(mean(alone), mean(rows)) <= allowed, "at row \(start)")
    }
  }

  @Test(arguments: Pooling.allCases)
  func probabilitiesAreTheSameInEveryBatch(_ pooling: Pooling) {
    let head = ClassificationHead(Self.transformer, pooling: pooling)
    let sequence = Batch.drawn([4], vocabularySize: 100, seed: 79).ids
    func probabilities(_ batch: Batch) -> Rows {
      Rows(head.predictions(batch, output: run(batch), task: .single))
    }
    let alone = probabilities(Batch([sequence])).all
    #expect(abs((alone[0].reduce(0, +)) - 1) < 1e-6)
    for count in 1...40 {
      let place = count * 7 % count
      let others = Batch.drawn(
        [Int](repeating: 3, count: count), vocabularySize: 100, seed: UInt64(count))
      let all = (0..<count).map { index in
        index == place ? sequence : Array(others.ids[3 * index..<3 * index + 3])
      }
      #expect(
        distance(alone, probabilities(Batch(all))[place..<place + 1]) <= allowed,
        "\(place) of \(count)")
    }
  }

  @Test func scoresAreTheSameAmongAnyTargets() {
    let parameters = Parameters(
      ParameterLayout(Self.transformer.configuration, head: .languageModel))
    _ = parameters.copyShared(from: Self.transformer.parameters)
    let head = LanguageModelHead(
      Transformer(Self.transformer.configuration, parameters: parameters))
    let output = run(
      .drawn([30, 30, 30, 30, 30, 30, 30, 30, 30, 30], vocabularySize: 100, seed: 1))
    func scores(_ rows: [Int32]) -> [[Float]] {
      var scores: [[Float]] = []
      head.scores(atRows: rows, output: output) { index, values in
        #expect(index == scores.count)
        scores.append(Array(values))
      }
      return scores
    }
    // More rows than a block holds, and last blocks of every small size.
    let all = scores((0..<300).map { $0 })
    #expect(all.count == 300)
    for count in 1...45 {
      let first = count * 5
      #expect(
        distance(
          scores((first..<first + count).map { Int32($0) }), Array(all[first..<first + count]))
          <= allowed,
        "\(count) rows")
    }
  }

  @Test func scratchOfALargerBatchLeavesNoTrace() {
    // An encoder that is used again gives what a new one gives.
    let small = Batch.drawn([3, 9], vocabularySize: 100, seed: 4)
    let before = Rows(run(small)).all
    _ = run(.drawn([60, 1, 40], vocabularySize: 100, seed: 5))
    #expect(Rows(run(small)).all == before)
    let keeping = Activations(Self.transformer.configuration, keeping: .float32)
    Self.transformer.forward(small, into: keeping)
    #expect(Rows(keeping.output).all == before)
  }

  @Test func anEmptyBatchHasNoRows() {
    #expect(run(Batch()).rows == 0)
  }
}
