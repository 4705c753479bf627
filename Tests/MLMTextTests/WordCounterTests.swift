import MLMText
import Testing

/// Words counted by stretches are those of the whole text.
@Suite struct WordCounterTests {
  private static let options: [TrainingOptions] = {
    var options = TrainingOptions.Model.allCases.map(TrainingOptions.init(model:))
    for normalizer in [
      Normalizer.bert(lowercases: false), Normalizer(form: .none), Normalizer(form: .nfc),
      Normalizer(form: .nfd, lowercases: true, stripsAccents: true),
    ] {
      for preTokenizer in TrainingOptions.PreTokenizer.allCases {
        var other = TrainingOptions(model: preTokenizer == .byteLevel ? .bytePairs : .wordPiece)
        other.preTokenizer = preTokenizer
        other.normalizer = normalizer
        options.append(other)
      }
    }
    return options
  }()

  @Test(arguments: options) func stretchesGiveTheWordsOfTheWhole(options: TrainingOptions) {
    var generator = SeededGenerator(29)
    var lines: [UInt8] = []
    for _ in 0..<300 {
      let text = generator.text(pieces: Int.random(in: 0..<40, using: &generator))
      lines += Array(text.utf8)
      // Malformed UTF-8, too.
      if Int.random(in: 0..<4, using: &generator) == 0 { lines += [0xE3, 0x81] }
      lines.append(0x0A)
    }
    var expected: [[UInt8]: Int] = [:]
    var splitter = WordSplitter(normalizer: options.normalizer, preTokenizer: options.cutting)
    for line in lines.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      (Array(line) + [0x0A]).withUnsafeBufferPointer {
        splitter.split($0, startsText: true) { word, length, _ in
          expected[Array(UnsafeBufferPointer(start: word, count: length)), default: 0] += 1
        }
      }
    }
    let counter = WordCounter(
      WordSplitter(normalizer: options.normalizer, preTokenizer: options.cutting))
    lines.withUnsafeBufferPointer { counter.count(lines: $0, isValid: false) }
    counter.settle()
    var found: [[UInt8]: Int] = [:]
    counter.words.forEach { word, count in found[Array(word)] = count }
    #expect(found == expected)
    #expect(counter.summary.words == expected.values.reduce(0, +))
    #expect(counter.summary.textBytes == lines.count)
  }
}
