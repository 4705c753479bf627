#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The tokens that unigram training has left, and all ways to cut a word into them.
struct UnigramLattice {
  /// A token in a word.
  private struct Edge {
    var start: Int32
    var end: Int32
    /// The token, or -1 for a character that is none.
    var id: Int32
  }

  private let trie: ByteTrie
  /// Natural logarithms of the tokens' probabilities, and those themselves.
  private let scores: [Double]
  private let probabilities: [Double]
  /// What a character that is no token has.
  private let unknownScore: Double
  private let unknownProbability: Double
  private var edges: [Edge] = []
  private var forward: [Double] = []
  private var backward: [Double] = []
  private var previous: [Int32] = []

  /// Sums below this are near where numbers lose their digits; logarithms are then used instead.
  private static let smallestSum = 1e-250

  /// Takes tokens with their scores.
  init(trie: ByteTrie, scores: [Double]) {
    self.trie = trie
    self.scores = scores
    probabilities = scores.map { exp($0) }
    unknownScore = (scores.min() ?? 0) - 10
    unknownProbability = exp(unknownScore)
  }

  /// Adds to `expected` how often each token is expected in a word that occurs `count` times.
  mutating func addExpectations(
    of word: UnsafeBufferPointer<UInt8>, count: Double,
    to expected: UnsafeMutableBufferPointer<Double>
  ) {
    findEdges(word)
    let size = word.count + 1
    reset(&forward, size, to: 0)
    reset(&backward, size, to: 0)
    forward[0] = 1
    for edge in edges {
      forward[Int(edge.end)] += forward[Int(edge.start)] * probability(edge)
    }
    let total = forward[word.count]
    guard total > Self.smallestSum else {
      addExpectationsByLogarithm(word, count, expected)
      return
    }
    backward[word.count] = 1
    let share = count / total
    for edge in edges.reversed() {
      let value = probability(edge) * backward[Int(edge.end)]
      backward[Int(edge.start)] += value
      if edge.id >= 0 { expected[Int(edge.id)] += forward[Int(edge.start)] * value * share }
    }
  }

  private mutating func addExpectationsByLogarithm(
    _ word: UnsafeBufferPointer<UInt8>, _ count: Double,
    _ expected: UnsafeMutableBufferPointer<Double>
  ) {
    let size = word.count + 1
    reset(&forward, size, to: -.infinity)
    reset(&backward, size, to: -.infinity)
    forward[0] = 0
    for edge in edges {
      let value = forward[Int(edge.start)] + score(edge)
      forward[Int(edge.end)] = Self.logarithmOfSum(forward[Int(edge.end)], value)
    }
    let total = forward[word.count]
    backward[word.count] = 0
    for edge in edges.reversed() {
      let value = score(edge) + backward[Int(edge.end)]
      backward[Int(edge.start)] = Self.logarithmOfSum(backward[Int(edge.start)], value)
      if edge.id >= 0 {
        expected[Int(edge.id)] += count * exp(forward[Int(edge.start)] + value - total)
      }
    }
  }

  /// Returns the tokens of the best way to cut `word`, last one first, -1 for unknown characters.
  ///
  /// `excluding` is a token that must not be used. Of equally good ways, the one whose last token
  /// begins first.
  mutating func best(_ word: UnsafeBufferPointer<UInt8>, excluding: Int32 = -1) -> [Int32] {
    findEdges(word)
    let size = word.count + 1
    reset(&forward, size, to: -.infinity)
    previous.removeAll(keepingCapacity: true)
    previous.append(contentsOf: repeatElement(-1, count: size))
    forward[0] = 0
    for (index, edge) in edges.enumerated() where edge.id < 0 || edge.id != excluding {
      let value = forward[Int(edge.start)] + score(edge)
      if value > forward[Int(edge.end)] {
        forward[Int(edge.end)] = value
        previous[Int(edge.end)] = Int32(index)
      }
    }
    var path: [Int32] = []
    var end = word.count
    while end > 0, previous[end] >= 0 {
      let edge = edges[Int(previous[end])]
      path.append(edge.id)
      end = Int(edge.start)
    }
    return path
  }

  /// Lists the tokens of `word` in the order of their starts.
  private mutating func findEdges(_ word: UnsafeBufferPointer<UInt8>) {
    edges.removeAll(keepingCapacity: true)
    var start = 0
    while start < word.count {
      let length = UTF8Scalar.length(lead: word[start])
      var hasSingle = false
      var node = ByteTrie.root
      var i = start
      while i < word.count {
        node = trie.child(node, word[i])
        guard node >= 0 else { break }
        i += 1
        let id = trie.id(node)
        guard id >= 0 else { continue }
        edges.append(Edge(start: Int32(start), end: Int32(i), id: id))
        if i - start == length { hasSingle = true }
      }
      if !hasSingle {
        edges.append(
          Edge(start: Int32(start), end: Int32(min(start + length, word.count)), id: -1))
      }
      start += length
    }
  }

  @inline(__always)
  private func score(_ edge: Edge) -> Double {
    edge.id < 0 ? unknownScore : scores[Int(edge.id)]
  }

  @inline(__always)
  private func probability(_ edge: Edge) -> Double {
    edge.id < 0 ? unknownProbability : probabilities[Int(edge.id)]
  }

  private func reset(_ values: inout [Double], _ count: Int, to value: Double) {
    values.removeAll(keepingCapacity: true)
    values.append(contentsOf: repeatElement(value, count: count))
  }

  private static func logarithmOfSum(_ a: Double, _ b: Double) -> Double {
    let (low, high) = a < b ? (a, b) : (b, a)
    return low == -.infinity ? high : high + log1p(exp(low - high))
  }
}
