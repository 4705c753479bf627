/// Cuts documents into the sequences that training reads.
///
/// A document of n tokens becomes ⌈n / room⌉ sequences of nearly equal length; short documents stay as
/// they are. Nothing is dropped and nothing is padded.
package struct SequenceIndex: Sendable {
  /// Tokens of a document that one sequence takes: its length less the start and the end token.
  package let room: Int
  /// The number of the first sequence of each document, and at the end the number of sequences.
  private let firstSequence: [Int]
  private let tokenCounts: [Int]

  package init(tokenCounts: [Int], sequenceLength: Int) {
    room = max(1, sequenceLength - 2)
    self.tokenCounts = tokenCounts
    var firstSequence = [0]
    firstSequence.reserveCapacity(tokenCounts.count + 1)
    var total = 0
    for count in tokenCounts {
      total += (count + room - 1) / room
      firstSequence.append(total)
    }
    self.firstSequence = firstSequence
  }

  package var sequenceCount: Int { firstSequence[firstSequence.count - 1] }

  /// The document of a sequence, and the tokens of it that belong to the sequence.
  package func place(ofSequence sequence: Int) -> (document: Int, tokens: Range<Int>) {
    var (low, high) = (0, tokenCounts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if firstSequence[middle] <= sequence { low = middle } else { high = middle }
    }
    let parts = firstSequence[low + 1] - firstSequence[low]
    let part = sequence - firstSequence[low]
    let count = tokenCounts[low]
    return (low, part * count / parts..<(part + 1) * count / parts)
  }
}
