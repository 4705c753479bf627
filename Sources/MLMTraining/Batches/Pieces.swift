/// Cuts a step into pieces, each of which one thread works on.
///
/// A function of the lengths alone, so that the sums of gradients, which are taken piece by piece in
/// order, do not depend on the number of threads.
package enum Pieces {
  /// Tokens per piece, at the least, where a step has enough of them.
  package static let smallest = 512
  package static let largest = 4096

  /// The sequences of each piece.
  package static func cut(lengths: [Int]) -> [Range<Int>] {
    let total = lengths.reduce(0, +)
    // Eight pieces keep up to eight threads busy; larger pieces make better products.
    let target = max(smallest, min(largest, total / 8))
    // As many pieces as hold about that much each, of nearly equal size: one small piece left over
    // would keep one thread busy while the others wait.
    let count = max(1, min(lengths.count, Int((Double(total) / Double(target)).rounded())))
    var pieces: [Range<Int>] = []
    var start = 0
    var tokens = 0
    for (index, length) in lengths.enumerated() {
      tokens += length
      let isLast = index + 1 == lengths.count
      if isLast || tokens * count >= total * (pieces.count + 1) {
        pieces.append(start..<index + 1)
        start = index + 1
      }
    }
    return pieces
  }
}
