import MLMModel
import MLMTraining
import Testing

@Suite struct MaskingTests {
  /// 1,000 tokens, the first five special.
  private static let isSpecial = (0..<1000).map { $0 < 5 }
  private static let maskID: Int32 = 4

  private func masking(seed: UInt64 = 1) -> Masking {
    Masking(seed: seed, maskID: Self.maskID, isSpecial: Self.isSpecial)
  }

  /// Tokens of every kind, every tenth a special one.
  private func tokens(_ count: Int) -> [Int32] {
    (0..<count).map { place in
      let token: Int = place % 10 == 0 ? place / 10 % 5 : 5 + place * 31 % 995
      return Int32(token)
    }
  }

  @Test(arguments: [0.15, 0.3])
  func rates(rate: Double) {
    let original = tokens(100_000)
    var ids = original
    let targets = masking().hide(&ids, rate: rate, step: 3, firstPlace: 0)
    // Of 90,000 tokens that may be chosen; one deviation of the share is below 0.0016.
    #expect(abs(Double(targets.count) / 90_000 - rate) < 0.006)
    let (hidden, replaced, kept) = targets.reduce(into: (0, 0, 0)) { counts, target in
      let row = Int(target.row)
      if ids[row] == Self.maskID {
        counts.0 += 1
      } else if ids[row] != original[row] {
        counts.1 += 1
      } else {
        counts.2 += 1
      }
    }
    let count = Double(targets.count)
    #expect(abs(Double(hidden) / count - 0.8) < 0.01)
    #expect(abs(Double(replaced) / count - 0.1) < 0.01)
    #expect(abs(Double(kept) / count - 0.1) < 0.01)
  }

  @Test func specialTokensAreNeitherChosenNorPutIn() {
    let original = tokens(100_000)
    var ids = original
    let targets = masking().hide(&ids, rate: 0.9, step: 1, firstPlace: 0)
    var chosen: Set<Int> = []
    for target in targets {
      let row = Int(target.row)
      #expect(target.token == original[row])
      #expect(!Self.isSpecial[Int(target.token)])
      #expect(ids[row] == Self.maskID || !Self.isSpecial[Int(ids[row])])
      chosen.insert(row)
    }
    #expect(chosen.count == targets.count)
    for row in original.indices where !chosen.contains(row) { #expect(ids[row] == original[row]) }
    // What is put in is drawn from the whole vocabulary.
    let drawn = Set(chosen.filter { ids[$0] != original[$0] }.map { ids[$0] })
    #expect(drawn.count > 990)
  }

  @Test func functionOfSeedStepAndPlace() {
    let original = tokens(4000)
    func hide(seed: UInt64 = 1, step: UInt64 = 7, first: Int = 0) -> [Int32] {
      var ids = original
      _ = masking(seed: seed).hide(&ids, rate: 0.3, step: step, firstPlace: first)
      return ids
    }
    let ids = hide()
    #expect(hide() == ids)
    #expect(hide(seed: 2) != ids)
    #expect(hide(step: 8) != ids)
    #expect(hide(first: 1) != ids)
    // In two parts as at once.
    for cut in [1, 10, 1999] {
      var (head, tail) = (Array(original[..<cut]), Array(original[cut...]))
      var targets = masking().hide(&head, rate: 0.3, step: 7, firstPlace: 0)
      targets += masking().hide(&tail, rate: 0.3, step: 7, firstPlace: cut).map {
        .init(row: $0.row + Int32(cut), token: $0.token)
      }
      #expect(head + tail == ids)
      var whole = original
      #expect(masking().hide(&whole, rate: 0.3, step: 7, firstPlace: 0) == targets)
    }
  }

  @Test func nextWordTargets() {
    let batch = Batch([[2, 10, 11, 3], [2, 3], [9]])
    #expect(
      batch.nextWordTargets == [
        .init(row: 0, token: 10), .init(row: 1, token: 11), .init(row: 2, token: 3),
        .init(row: 4, token: 3),
      ])
  }
}
