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
  private var nodes: [Node] = []

  init(_ model: UnigramModel) { self.model = model }

  var isRepeatable: Bool { true }

  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    findBestPath(word)
    // The path is read backwards; neighbouring unknown characters are one token.
    let first = tokens.count
    var end = word.count
    while end > 0 {
      let node = nodes[end]
      var start = Int(node.start)
      if node.id == model.unknownID {
        while start > 0, nodes[start].id == model.unknownID { start = Int(nodes[start].start) }
        appendUnknown(word, start..<end, to: &tokens)
      } else {
        tokens.append(ModelToken(id: node.id, start: node.start, end: Int32(end)))
      }
      end = start
    }
    tokens[first...].reverse()
    if nodes.count > 1 << 16 { nodes = [] }
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

  private mutating func findBestPath(_ word: UnsafeBufferPointer<UInt8>) {
    nodes.removeAll(keepingCapacity: true)
    nodes.append(contentsOf: repeatElement(Node(), count: word.count + 1))
    let model = model
    nodes.withUnsafeMutableBufferPointer { nodes in
      var start = 0
      while start < word.count {
        let here = nodes[start].score
        let length = UTF8Scalar.length(lead: word[start])
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
          if nodes[i].start < 0 || score > nodes[i].score {
            nodes[i] = Node(score: score, start: Int32(start), id: id)
          }
          if i - start == length { hasSingle = true }
        }
        if !hasSingle {
          let score = here + model.unknownScore
          let end = min(start + length, word.count)
          if nodes[end].start < 0 || score > nodes[end].score {
            nodes[end] = Node(score: score, start: Int32(start), id: model.unknownID)
          }
        }
        start += length
      }
    }
  }
}
