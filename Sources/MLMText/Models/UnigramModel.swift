/// A vocabulary whose tokens have log probabilities: a text is cut so that their sum is highest
/// (Kudo, "Subword Regularization", 2018).
final class UnigramModel: Sendable {
  let vocabulary: Vocabulary
  let scores: [Double]
  /// The unknown token, or -1.
  let unknownID: Int32
  let fallsBackToBytes: Bool
  let trie: ByteTrie
  /// The tokens `<0x00>` to `<0xFF>`, or -1.
  let byteIDs: [Int32]
  /// What an unknown character scores: ten less than the worst token.
  let unknownScore: Double

  /// Creates a model; `scores` has one for each token of the model, which come first in `vocabulary`,
  /// and `trie` is that of the vocabulary where it is made already.
  init(
    vocabulary: Vocabulary, scores: [Double], unknownID: Int32, fallsBackToBytes: Bool,
    trie: ByteTrie? = nil
  ) {
    self.vocabulary = vocabulary
    self.scores = scores
    self.unknownID = unknownID
    self.fallsBackToBytes = fallsBackToBytes
    self.trie = trie ?? ByteTrie(vocabulary)
    byteIDs = ByteFallback.ids(in: vocabulary)
    unknownScore = (scores.min() ?? 0) - 10
  }

  /// The last identifier of the token `bytes`, of those that the model has.
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    let node = trie.node(of: bytes)
    return node < 0 || trie.id(node) < 0 ? nil : trie.id(node)
  }
}

/// The tokens of single bytes, for what a vocabulary cannot spell.
enum ByteFallback {
  /// The identifiers of `<0x00>` to `<0xFF>`, or -1 where there is none.
  static func ids(in vocabulary: Vocabulary) -> [Int32] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      let token = "<0x" + (byte < 16 ? "0" : "") + digits + ">"
      return vocabulary.id(of: Array(token.utf8)).map { Int32($0) } ?? -1
    }
  }
}

/// Runs a `UnigramModel`.
struct UnigramTokenizer: WordTokenizer {
  private struct Node {
    var score = 0.0
    /// Where the best token that ends here begins, or -1.
    var start: Int32 = -1
    var id: Int32 = 0
  }

  private let model: UnigramModel
  /// The places of the part that is being looked at.
  private var nodes: [Node] = []
  /// The score of the best path up to that part.
  private var score = 0.0

  /// A part is at least this long.
  private static let partLength = 4096

  init(_ model: UnigramModel) { self.model = model }

  var isRepeatable: Bool { true }

  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    var origin = 0
    while origin < word.count { origin = appendPart(word, from: origin, to: &tokens) }
    if nodes.count > 1 << 16 { nodes = [] }
    score = 0
  }

  /// Appends the tokens of the word from `origin` on, up to its end or a place that the best path
  /// surely goes through, and returns that place.
  ///
  /// What is behind such a place is not kept, so that a long word needs little memory.
  private mutating func appendPart(
    _ word: UnsafeBufferPointer<UInt8>, from origin: Int, to tokens: inout [ModelToken]
  ) -> Int {
    let partEnd = findBestPath(word, from: origin)
    // The path is read backwards; neighbouring unknown characters are one token.
    let first = tokens.count
    var end = partEnd
    while end > origin {
      let node = nodes[end - origin]
      var start = Int(node.start)
      if node.id == model.unknownID {
        while start > origin, nodes[start - origin].id == model.unknownID {
          start = Int(nodes[start - origin].start)
        }
        appendUnknown(word, start..<end, to: &tokens)
      } else {
        tokens.append(ModelToken(id: node.id, start: node.start, end: Int32(end)))
      }
      end = start
    }
    tokens[first...].reverse()
    score = nodes[partEnd - origin].score
    return partEnd
  }

  /// Appends what is not in the vocabulary, last byte first.
  private func appendUnknown(
    _ word: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to tokens: inout [ModelToken]
  ) {
    let part = UnsafeBufferPointer(rebasing: word[range])
    var token = ModelToken(
      id: model.unknownID, start: Int32(range.lowerBound), end: Int32(range.upperBound))
    if let id = model.id(of: part) {
      token.id = id
    } else if model.fallsBackToBytes, part.allSatisfy({ model.byteIDs[Int($0)] >= 0 }) {
      for byte in part.reversed() {
        token.id = model.byteIDs[Int(byte)]
        tokens.append(token)
      }
      return
    }
    tokens.append(token)
  }

  /// Finds the best token that ends at each place, and returns where the part ends.
  private mutating func findBestPath(
    _ word: UnsafeBufferPointer<UInt8>, from origin: Int
  ) -> Int {
    let (model, score) = (model, score)
    let longest = model.trie.depth + 4
    var start = origin
    // The furthest that a token which begins before `start` goes.
    var reach = origin
    // How many nodes are those of this part.
    var ready = 0
    while start < word.count {
      let limit = min(start + Self.partLength, word.count)
      let needed = min(limit - origin + longest, word.count - origin) + 1
      if needed > nodes.count {
        nodes.append(contentsOf: repeatElement(Node(), count: needed - nodes.count))
      }
      let isEnd = nodes.withUnsafeMutableBufferPointer { nodes in
        for i in ready..<needed { nodes[i] = Node() }
        if ready == 0 { nodes[0].score = score }
        return model.scores.withUnsafeBufferPointer {
          Self.extendPaths(model, $0, word, nodes, from: origin, &start, to: limit, &reach)
        }
      }
      if isEnd { return start }
      ready = needed
    }
    return word.count
  }

  /// Tries the tokens that begin at `start` and at each character after it, up to `limit`; returns
  /// whether the part ends at `start` as it is then.
  private static func extendPaths(
    _ model: UnigramModel, _ scores: UnsafeBufferPointer<Double>,
    _ word: UnsafeBufferPointer<UInt8>, _ nodes: UnsafeMutableBufferPointer<Node>,
    from origin: Int, _ start: inout Int, to limit: Int, _ reach: inout Int
  ) -> Bool {
    guard let base = word.baseAddress, let nodes = nodes.baseAddress else { return false }
    let trie = model.trie
    let unknownID = model.unknownID
    while start < limit {
      let place = start - origin
      if place >= partLength, reach == start, nodes[place].id != unknownID { return true }
      let here = nodes[place].score
      let length = UTF8Scalar.length(lead: base[start])
      var hasSingle = false
      var node = ByteTrie.root
      var i = start
      while i < word.count {
        node = trie.child(node, base[i])
        guard node >= 0 else { break }
        i += 1
        let id = trie.id(node)
        guard id >= 0 else { continue }
        let score = here + scores[Int(id)]
        let end = nodes + (i - origin)
        if end.pointee.start < 0 || score > end.pointee.score {
          end.pointee = Node(score: score, start: Int32(start), id: id)
        }
        reach = max(reach, i)
        if i - start == length { hasSingle = true }
      }
      if !hasSingle {
        let score = here + model.unknownScore
        let end = min(start + length, word.count)
        let node = nodes + (end - origin)
        if node.pointee.start < 0 || score > node.pointee.score {
          node.pointee = Node(score: score, start: Int32(start), id: unknownID)
        }
        reach = max(reach, end)
      }
      start += length
    }
    return false
  }
}
