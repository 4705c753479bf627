import MLMData
import MLMNumerics
import MLMTraining
import Testing

@Suite struct OrderTests {
  @Test func permutationOfEveryCount() {
    for count in 1...300 {
      let order = Permutation(count: count, seed: 5, epoch: 2)
      #expect(Set((0..<count).map { order[$0] }) == Set(0..<count), "\(count)")
    }
  }

  @Test func permutationOfManyPlaces() {
    let count = 100_003
    let order = Permutation(count: count, seed: 1, epoch: 0)
    var seen = [Bool](repeating: false, count: count)
    for place in 0..<count { seen[order[place]] = true }
    #expect(seen.allSatisfy { $0 })
  }

  @Test func permutationsDiffer() {
    func order(_ seed: UInt64, _ epoch: Int) -> [Int] {
      let order = Permutation(count: 200, seed: seed, epoch: epoch)
      return (0..<200).map { order[$0] }
    }
    let orders = (0..<4).flatMap { seed in (0..<4).map { order(UInt64(seed), $0) } }
    #expect(Set(orders).count == 16)
    #expect(order(3, 1) == order(3, 1))
    // Of 200 places about one stays by chance.
    for order in orders { #expect(order.indices.count { order[$0] == $0 } < 10) }
  }

  @Test func piecesCoverAllAndAreEven() {
    let random = RandomStream(seed: 1, stream: 1)
    for trial in 0..<100 as Range<UInt64> {
      let lengths = (0..<random.below(200, step: trial, position: 0)).map {
        1 + random.below(128, step: trial, position: UInt64($0 + 1))
      }
      let pieces = Pieces(lengths: lengths)
      #expect(pieces.order.sorted() == Array(lengths.indices))
      #expect(pieces.ranges.flatMap { Array($0) } == Array(lengths.indices))
      let tokens = pieces.ranges.map { range in
        pieces.order[range].reduce(0) { $0 + lengths[$1] }
      }
      #expect(tokens.allSatisfy { $0 <= Pieces.largest })
      // None is longer than another by more than its shortest sequence, the last that it got.
      for (range, count) in zip(pieces.ranges, tokens) {
        let shortest = pieces.order[range].map { lengths[$0] }.min() ?? 0
        #expect(count - (tokens.min() ?? 0) <= shortest)
      }
    }
    #expect(Pieces(lengths: []).ranges.isEmpty)
    let uneven = Pieces(lengths: [1, 10_000, 1])
    #expect(uneven.order == [1, 0, 2] && uneven.ranges == [0..<1, 1..<2, 2..<3])
    #expect(Pieces(lengths: [4, 9, 6, 2, 1]).order == [0, 1, 2, 3, 4])
  }

  /// As many as two, four or eight threads share without one of them waiting.
  @Test(
    arguments: [
      (4, 1), (6, 2), (8, 2), (11, 2), (12, 4), (16, 4), (22, 4), (23, 8), (65, 8), (128, 8),
      (256, 8), (257, 16), (600, 24),
    ])
  func stepsAreCutIntoEvenNumbersOfPieces(sequences: Int, pieces: Int) {
    let cut = Pieces(lengths: [Int](repeating: 128, count: sequences))
    #expect(cut.ranges.count == pieces)
  }

  @Test func sequencesCoverEveryTokenOnce() {
    let random = RandomStream(seed: 2, stream: 1)
    for trial in 0..<60 as Range<UInt64> {
      let counts = (0..<(1 + random.below(40, step: trial, position: 0))).map { index in
        // Documents without a token are among them.
        max(0, random.below(300, step: trial, position: UInt64(index + 2)) - 30)
      }
      let length = 8 + random.below(120, step: trial, position: 1)
      let index = SequenceIndex(tokenCounts: counts, sequenceLength: length)
      var next = counts.map { _ in 0 }
      for sequence in 0..<index.sequenceCount {
        let (document, tokens) = index.place(ofSequence: sequence)
        #expect(tokens.lowerBound == next[document])
        #expect(!tokens.isEmpty && tokens.count <= length - 2)
        // Nearly equal: no part is shorter than its siblings by more than one.
        let parts = (counts[document] + length - 3) / (length - 2)
        #expect(tokens.count >= counts[document] / parts)
        next[document] = tokens.upperBound
      }
      #expect(next == counts)
    }
  }

  /// Shards of documents in which no token occurs twice, and a source over them.
  private func withSource(
    _ counts: [Int], sequencesPerStep: Int, seed: UInt64 = 1,
    _ body: (() throws -> BatchSource) throws -> Void
  ) throws {
    try withFolder { folder in
      let writer = try TokenShardWriter(
        directory: folder + "/tokens", vocabularySize: 60_000, fingerprint: 1)
      var token: Int32 = 10
      for count in counts {
        try writer.append((0..<Int32(count)).map { token + $0 }, byteCount: count)
        token += Int32(count)
      }
      _ = try writer.finish()
      try body {
        BatchSource(
          shards: try TokenShards(directory: folder + "/tokens", fingerprint: 1),
          index: SequenceIndex(tokenCounts: counts, sequenceLength: 20),
          sequencesPerStep: sequencesPerStep, seed: seed, startID: 2, endID: 3)
      }
    }
  }

  @Test(arguments: [1, 4, 7, 100])
  func everySequenceOnceAnEpoch(sequencesPerStep: Int) throws {
    let counts = [5, 18, 19, 0, 100, 1, 37, 64]
    try withSource(counts, sequencesPerStep: sequencesPerStep) { open in
      let source = try open()
      let total = source.index.sequenceCount
      let epochs = 3
      let steps = (epochs * total + sequencesPerStep - 1) / sequencesPerStep
      let sequences = try (1...steps).flatMap { try source.sequences(ofStep: $0) }
      var orders: [[[Int32]]] = []
      for epoch in 0..<epochs {
        let part = Array(sequences[epoch * total..<(epoch + 1) * total])
        for sequence in part {
          #expect(sequence.first == 2 && sequence.last == 3)
          #expect((3...20).contains(sequence.count))
        }
        let tokens = part.flatMap { $0.dropFirst().dropLast() }
        #expect(tokens.sorted() == (0..<Int32(counts.reduce(0, +))).map { 10 + $0 })
        orders.append(part)
      }
      #expect(orders[0] != orders[1] && orders[1] != orders[2])
      #expect(source.stepsPerEpoch == (total + sequencesPerStep - 1) / sequencesPerStep)
    }
  }

  @Test func stepIsAFunctionOfItsNumber() throws {
    let counts = [5, 18, 19, 100, 1, 37, 64]
    try withSource(counts, sequencesPerStep: 4) { open in
      let source = try open()
      let steps = try (1...20).map { try source.sequences(ofStep: $0) }
      for step in [20, 3, 11, 1] {
        let fresh = try open().sequences(ofStep: step)
        #expect(fresh == steps[step - 1])
      }
      let again = try source.sequences(ofStep: 2)
      #expect(again == steps[1])
      try withSource(counts, sequencesPerStep: 4, seed: 2) { open in
        let other = try open().sequences(ofStep: 1)
        #expect(other != steps[0])
      }
    }
  }
}
