import MLMData
import Testing

struct LabelledDrawingTests {
  /// 1,000 different texts: 500 of label 0, 300 of label 1, 200 of label 2.
  private static let data = LabelledDataset(
    name: "numbers", labels: ["a", "b", "c"],
    examples: (0..<1000).map { index in
      let label = index % 10 < 5 ? 0 : index % 10 < 8 ? 1 : 2
      return LabelledText(label: label, text: Array("text \(index)".utf8), line: index + 1)
    })

  private func lines(_ data: LabelledDataset) -> [Int] { data.examples.map(\.line) }

  @Test func drawsByShare() throws {
    #expect(try Self.data.drawing(100, seed: 1).labelCounts == [50, 30, 20])
    // 3.5, 2.1, 1.4 of seven: the first has the largest remainder.
    #expect(try Self.data.drawing(7, seed: 1).labelCounts == [4, 2, 1])
    #expect(try Self.data.drawing(3, seed: 1).labelCounts == [1, 1, 1])
    #expect(lines(try Self.data.drawing(1000, seed: 1)) == Array(1...1000))
  }

  @Test func drawsAsAFunctionOfTheSeed() throws {
    let first = lines(try Self.data.drawing(100, seed: 1))
    #expect(first == lines(try Self.data.drawing(100, seed: 1)))
    #expect(first == first.sorted())
    #expect(Set(first).isSubset(of: lines(try Self.data.drawing(200, seed: 1))))
    // Two independent draws of a tenth share about a tenth: 10 of 100, deviation 2.8.
    let shared = Set(first).intersection(lines(try Self.data.drawing(100, seed: 2))).count
    #expect((1...22).contains(shared))
  }

  @Test func drawsTheSameFromAnotherOrderOfTheFile() throws {
    let reversed = LabelledDataset(
      name: "reversed", labels: Self.data.labels, examples: Self.data.examples.reversed())
    #expect(
      lines(try reversed.drawing(50, seed: 3)).sorted() == lines(try Self.data.drawing(50, seed: 3))
    )
  }

  @Test func refusesDrawsThatCannotBe() throws {
    #expect(try dataError { _ = try Self.data.drawing(1001, seed: 1) }.code == .tooFew)
    #expect(try dataError { _ = try Self.data.drawing(2, seed: 1) }.code == .tooFew)
  }

  @Test func splitsByShareWithoutOverlap() {
    let (training, validation) = Self.data.split(validationShare: 0.1, seed: 1)
    #expect(validation.labelCounts == [50, 30, 20])
    #expect(Set(lines(training) + lines(validation)).count == 1000)
    #expect(lines(training).count == 900)
    #expect(lines(Self.data.split(validationShare: 0.1, seed: 1).validation) == lines(validation))
    #expect(lines(Self.data.split(validationShare: 0.1, seed: 2).validation) != lines(validation))
  }

  /// With one seed, a draw must not be mostly the validation part: 10 of 100 in common, ± 2.8.
  @Test func splitsIndependentlyOfTheDraw() throws {
    let validation = lines(Self.data.split(validationShare: 0.1, seed: 1).validation)
    let shared = Set(validation).intersection(lines(try Self.data.drawing(100, seed: 1))).count
    #expect((1...22).contains(shared))
  }

  @Test func keepsEqualTextsOnOneSide() {
    let data = LabelledDataset(
      name: "repeated", labels: ["a", "b"],
      examples: (0..<600).map { index in
        LabelledText(label: index % 2, text: Array("text \(index / 6)".utf8), line: index + 1)
      })
    for seed in 0..<20 {
      let (training, validation) = data.split(validationShare: 0.2, seed: UInt64(seed))
      for label in 0..<2 {
        let left = Set(training.examples.filter { $0.label == label }.map(\.text))
        let right = Set(validation.examples.filter { $0.label == label }.map(\.text))
        #expect(left.isDisjoint(with: right))
        #expect(left.count == 80 && right.count == 20)
      }
    }
  }

  @Test func splitsSmallSets() {
    let data = LabelledDataset(
      name: "small", labels: ["a", "b"],
      examples: (0..<6).map {
        LabelledText(label: $0 % 2, text: Array("text \($0)".utf8), line: $0 + 1)
      })
    #expect(data.split(validationShare: 0.34, seed: 1).validation.labelCounts == [1, 1])
    #expect(data.split(validationShare: 0, seed: 1).validation.examples.isEmpty)
    #expect(data.split(validationShare: 1, seed: 1).training.examples.isEmpty)
  }
}
