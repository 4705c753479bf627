/// The substrings that a unigram vocabulary begins with: frequent ones that no longer string stands
/// for as well.
///
/// A suffix array of all words gives every substring that is followed by different characters (or ends
/// a word) in different places, in the manner of sentencepiece (Kudo and Richardson, 2018).
enum UnigramSeeds {
  /// A substring of the text, and its frequency times its length.
  struct Seed {
    var start: Int
    var length: Int
    var score: Int
  }

  /// Finds the `limit` substrings of two to `longest` characters with the highest scores.
  ///
  /// `text` holds the characters of all words, each word with a zero after it; `weights` has the
  /// count of the word that each character belongs to.
  static func find(
    in text: UnsafeBufferPointer<UInt32>, weights: UnsafeBufferPointer<Int>, longest: Int,
    limit: Int
  ) -> [Seed] {
    // One character more, so that what goes on beyond the longest is not taken for a branch.
    let depth = longest + 1
    var order = text.indices.filter { text[$0] != 0 }.map { UInt32($0) }
    order.sort { a, b in
      var (i, j) = (Int(a), Int(b))
      for _ in 0..<depth {
        if text[i] != text[j] { return text[i] < text[j] }
        if text[i] == 0 { break }
        i += 1
        j += 1
      }
      return a < b
    }
    var seeds: [Seed] = []
    var open: [(length: Int, first: Int, weight: Int)] = []
    var sum = 0
    for place in 0...order.count {
      let common =
        place == 0 || place == order.count
        ? 0 : commonLength(text, Int(order[place - 1]), Int(order[place]), depth)
      var first = place - 1
      var weight = place > 0 ? sum - weights[Int(order[place - 1])] : 0
      while let top = open.last, top.length > common {
        open.removeLast()
        (first, weight) = (top.first, top.weight)
        guard top.length >= 2, top.length <= longest else { continue }
        let (score, overflow) = (sum - top.weight).multipliedReportingOverflow(by: top.length)
        seeds.append(
          Seed(
            start: Int(order[top.first]), length: top.length, score: overflow ? .max : score))
      }
      if common > 0, open.last.map({ $0.length < common }) ?? true {
        open.append((common, first, weight))
      }
      if place < order.count { sum &+= weights[Int(order[place])] }
    }
    // Ties: the order in which they were found, which is that of their characters.
    let best = seeds.indices.sorted { (seeds[$1].score, $0) < (seeds[$0].score, $1) }
    return best.prefix(limit).map { seeds[$0] }
  }

  private static func commonLength(
    _ text: UnsafeBufferPointer<UInt32>, _ a: Int, _ b: Int, _ depth: Int
  ) -> Int {
    var length = 0
    while length < depth, text[a + length] == text[b + length], text[a + length] != 0 {
      length += 1
    }
    return length
  }
}
