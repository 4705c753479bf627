/// Cuts a step into pieces, each of which one thread works on.
///
/// A function of the lengths alone, so that the sums of gradients, which are taken piece by piece in
/// order, do not depend on the number of threads.
package struct Pieces: Sendable {
  /// Tokens per piece, about, where a step has few; at least 0.7 times as many.
  package static let smallest = 512
  /// The most tokens per piece, but for what is due to the length of sequences.
  package static let largest = 4096

  /// The sequences of the first piece, of the second, and so on.
  package let order: [Int]
  /// The places in `order` of each piece.
  package let ranges: [Range<Int>]

  /// - Parameter lengths: Tokens of each sequence.
  package init(lengths: [Int]) {
    let count = min(lengths.count, Self.count(tokens: lengths.reduce(0, +)))
    var pieces = [(tokens: Int, sequences: [Int])](repeating: (0, []), count: count)
    // The longest first, each to the piece that holds least: threads with as many pieces then end
    // together.
    let byLength = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    for sequence in byLength {
      guard let least = pieces.indices.min(by: { pieces[$0].tokens < pieces[$1].tokens })
      else { break }
      pieces[least].tokens += lengths[sequence]
      pieces[least].sequences.append(sequence)
    }
    order = pieces.flatMap { $0.sequences.sorted() }
    var end = 0
    ranges = pieces.map { piece in
      end += piece.sequences.count
      return end - piece.sequences.count..<end
    }
  }

  /// One, two, four or a multiple of eight, which 2, 4 or 8 threads can share: of `smallest` tokens
  /// while there are few, then eight, and more only where eight would be too large.
  private static func count(tokens: Int) -> Int {
    let wanted = Double(tokens) / Double(smallest)
    let root = 2.0.squareRoot()
    for count in [1, 2, 4] where wanted < Double(count) * root { return count }
    return 8 * max(1, (tokens + 8 * largest - 1) / (8 * largest))
  }
}
