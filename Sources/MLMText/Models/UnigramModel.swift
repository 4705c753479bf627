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

  /// Creates a model; `scores` has one for each token of the model, which come first in `vocabulary`.
  init(vocabulary: Vocabulary, scores: [Double], unknownID: Int32, fallsBackToBytes: Bool) {
    self.vocabulary = vocabulary
    self.scores = scores
    self.unknownID = unknownID
    self.fallsBackToBytes = fallsBackToBytes
    trie = ByteTrie(vocabulary)
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
    let model = model
    nodes.removeAll(keepingCapacity: true)
    var room = 0
    var start = origin
    // The furthest that a token which begins before `start` goes.
    var reach = origin
    while start < word.count {
      let place = start - origin
      if place >= Self.partLength, reach == start, nodes[place].id != model.unknownID {
        return start
      }
      if place + model.trie.depth + 4 >= room {
        room = min(room + Self.partLength + model.trie.depth + 4, word.count - origin)
        nodes.append(contentsOf: repeatElement(Node(), count: room + 1 - nodes.count))
      }
      if place == 0 { nodes[0].score = score }
      let here = nodes[place].score
      let length = UTF8Scalar.length(lead: word[start])
      nodes.withUnsafeMutableBufferPointer { nodes in
        var hasSingle = false
        var node = ByteTrie.root
        var i = start
        while i < word.count {
          node = model.trie.child(node, word[i])
          guard node >= 0 else { break }
          i += 1
          let id = model.trie.id(node)
          guard id >= 0 else { continue }
          let score = here + model.scores[Int(id)]
          if nodes[i - origin].start < 0 || score > nodes[i - origin].score {
            nodes[i - origin] = Node(score: score, start: Int32(start), id: id)
          }
          reach = max(reach, i)
          if i - start == length { hasSingle = true }
        }
        if !hasSingle {
          let score = here + model.unknownScore
          let end = min(start + length, word.count)
          if nodes[end - origin].start < 0 || score > nodes[end - origin].score {
            nodes[end - origin] = Node(score: score, start: Int32(start), id: model.unknownID)
          }
          reach = max(reach, end)
        }
      }
      start += length
    }
    return word.count
  }
}
