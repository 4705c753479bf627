/// Random parts of a data set that keep the shares of its labels.
///
/// Within a label, examples are ordered by a hash of their text and a seed, so a part is a
/// function of the texts and the seed alone: the order of the file does not matter, and a smaller
/// draw lies within a larger one where the shares round alike.
extension LabelledDataset {
  /// `count` examples in the order of the file, each label with its share of them.
  ///
  /// Shares are rounded by largest remainder, and every label that occurs gets at least one.
  ///
  /// - Throws: `DataError` if there are fewer than `count` examples or more labels than `count`.
  public func drawing(_ count: Int, seed: UInt64) throws(DataError) -> LabelledDataset {
    guard count <= examples.count else {
      throw DataError(
        .tooFew, file: name, expected: "at least \(count) examples", found: "\(examples.count)")
    }
    let occurring = labelCounts.count { $0 > 0 }
    guard count >= occurring else {
      throw DataError(
        .tooFew, file: name,
        expected: "to draw at least one example for each of \(occurring) labels",
        found: "a draw of \(count)")
    }
    let shares = Self.shares(of: labelCounts, total: count)
    let chosen = shuffledByLabel(seed: seed, purpose: .draw)
      .enumerated().flatMap { $1.prefix(shares[$0]) }
    return selecting(chosen.sorted().map { examples[$0] })
  }

  /// Splits off a share for validation; both parts keep the order of the file.
  ///
  /// Equal texts of one label stay on one side, so a label's part may be a few examples off its
  /// share. Where the share reaches one example for every label, each label that has two
  /// different texts has at least one on each side.
  ///
  /// - Parameters:
  ///   - validationShare: the part to split off, in 0…1.
  ///   - seed: another split for another seed.
  public func split(
    validationShare: Double, seed: UInt64
  ) -> (training: LabelledDataset, validation: LabelledDataset) {
    let total = Int((Double(examples.count) * min(max(validationShare, 0), 1)).rounded())
    let shares = Self.shares(of: labelCounts, total: total)
    var isValidation = [Bool](repeating: false, count: examples.count)
    for (label, order) in shuffledByLabel(seed: seed, purpose: .validation).enumerated() {
      // Equal texts have equal hashes, so they are neighbours: cut only where the text changes.
      let cuts = order.indices.dropFirst().filter {
        examples[order[$0]].text != examples[order[$0 - 1]].text
          || examples[order[$0]].secondText != examples[order[$0 - 1]].secondText
      }
      let wanted = shares[label]
      let cut: Int
      if wanted == 0 || validationShare >= 1 {
        cut = wanted
      } else {
        cut = cuts.min { abs($0 - wanted) < abs($1 - wanted) } ?? 0
      }
      for index in order.prefix(cut) { isValidation[index] = true }
    }
    return (
      selecting(zip(examples, isValidation).filter { !$0.1 }.map(\.0)),
      selecting(zip(examples, isValidation).filter { $0.1 }.map(\.0))
    )
  }

  /// What an order is for: a draw and a split with one seed must not pick the same examples.
  private enum Purpose: UInt64 {
    case draw = 0x6472_6177
    case validation = 0x7661_6C69
  }

  /// For each label, the positions of its examples in the order of their hashes.
  private func shuffledByLabel(seed: UInt64, purpose: Purpose) -> [[Int]] {
    let seed = TextHash.mix(seed) ^ purpose.rawValue
    let hashes = examples.map { example in
      TextHash.hash(example.text + [0x09] + (example.secondText ?? []), seed: seed)
    }
    var order = [[Int]](repeating: [], count: labels.count)
    for (index, example) in examples.enumerated() { order[example.label].append(index) }
    return order.map { $0.sorted { (hashes[$0], $0) < (hashes[$1], $1) } }
  }

  /// Cuts `total` in proportion to `counts` by largest remainder, at least one for each count
  /// that is not zero if `total` reaches that far; of equal remainders, the first label wins.
  static func shares(of counts: [Int], total: Int) -> [Int] {
    let sum = counts.reduce(0, +)
    guard sum > 0 else { return counts.map { _ in 0 } }
    let minimum = total >= counts.count { $0 > 0 } ? 1 : 0
    var shares = counts.map { min($0, max($0 > 0 ? minimum : 0, $0 * total / sum)) }
    // Integer remainders compare exactly: count·total mod sum.
    let byRemainder = counts.indices.sorted {
      (counts[$1] * total % sum, $0) < (counts[$0] * total % sum, $1)
    }
    var left = total - shares.reduce(0, +)
    while left > 0 {
      let before = left
      for label in byRemainder where left > 0 && shares[label] < counts[label] {
        shares[label] += 1
        left -= 1
      }
      if left == before { break }
    }
    while left < 0, let largest = shares.indices.max(by: { (shares[$0], $1) < (shares[$1], $0) }) {
      shares[largest] -= 1
      left += 1
    }
    return shares
  }
}
