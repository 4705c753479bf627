/// Runs a `UnigramModel`.
struct UnigramTokenizer: WordTokenizer {
  /// The best token that ends at a place.
  private struct Edge {
    /// Where the token begins, or -1 where none ends.
    var start: Int32 = -1
    var id: Int32 = 0
  }

  private struct Node {
    /// That of the best path to the place.
    var score = 0.0
    var edge = Edge()
  }

  private let model: UnigramModel
  /// The places that are being looked at: those of one block, and those that its tokens reach.
  private var nodes: [Node]
  /// The blocks of the current part that are behind those places.
  ///
  /// Where no place is one that the best path surely goes through, a part is the whole of a long text;
  /// the scores, which only the block at hand needs, are not kept.
  private var blocks: [[Edge]] = []
  /// The score of the best path up to the current part.
  private var score = 0.0

  /// How many places a block has; a part has at least as many.
  private static let blockLength = 4096

  init(_ model: UnigramModel) {
    self.model = model
    nodes = Array(repeating: Node(), count: Self.blockLength + model.trie.depth + 4)
  }

  var isRepeatable: Bool { true }

  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    var origin = 0
    while origin < word.count { origin = appendPart(word, from: origin, to: &tokens) }
    score = 0
  }

  /// Appends the tokens of the word from `origin` on, up to its end or a place that the best path
  /// surely goes through, and returns that place.
  private mutating func appendPart(
    _ word: UnsafeBufferPointer<UInt8>, from origin: Int, to tokens: inout [ModelToken]
  ) -> Int {
    let partEnd = findBestPath(word, from: origin)
    let first = tokens.count
    // The path is read backwards; neighbouring unknown characters are one token.
    var end = partEnd
    while end > origin {
      let edge = edge(endingAt: end - origin)
      var start = Int(edge.start)
      if edge.id == model.unknownID {
        while start > origin {
          let before = self.edge(endingAt: start - origin)
          guard before.id == model.unknownID else { break }
          start = Int(before.start)
        }
        appendUnknown(word, start..<end, to: &tokens)
      } else {
        tokens.append(ModelToken(id: edge.id, start: edge.start, end: Int32(end)))
      }
      end = start
    }
    tokens[first...].reverse()
    score = nodes[partEnd - origin - blocks.count * Self.blockLength].score
    blocks.removeAll(keepingCapacity: blocks.count == 1)
    return partEnd
  }

  /// The best token that ends `place` bytes after the start of the current part.
  private func edge(endingAt place: Int) -> Edge {
    let block = place / Self.blockLength
    let offset = place % Self.blockLength
    return block < blocks.count
      ? blocks[block][offset] : nodes[place - blocks.count * Self.blockLength].edge
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
    var start = origin
    // The furthest that a token which begins before `start` goes.
    var reach = origin
    var blockStart = origin
    while true {
      let limit = min(blockStart + Self.blockLength, word.count)
      let carried = blockStart == origin ? 0 : nodes.count - Self.blockLength
      let needed = min(nodes.count, word.count - blockStart + 1)
      let isEnd = nodes.withUnsafeMutableBufferPointer { nodes in
        for i in min(carried, needed)..<needed { nodes[i] = Node() }
        if blockStart == origin { nodes[0].score = score }
        return model.scores.withUnsafeBufferPointer {
          Self.extendPaths(
            model, $0, word, nodes, from: blockStart, &start, to: limit, &reach,
            mayEnd: blockStart > origin)
        }
      }
      if isEnd { return start }
      if limit == word.count { return limit }
      blocks.append(nodes[..<Self.blockLength].map(\.edge))
      nodes.withUnsafeMutableBufferPointer { nodes in
        for i in Self.blockLength..<nodes.count { nodes[i - Self.blockLength] = nodes[i] }
      }
      blockStart = limit
    }
  }

  /// Tries the tokens that begin at `start` and at each character after it, up to `limit`; returns
  /// whether the part ends at `start` as it is then, which it does where no token spans it.
  private static func extendPaths(
    _ model: UnigramModel, _ scores: UnsafeBufferPointer<Double>,
    _ word: UnsafeBufferPointer<UInt8>, _ nodes: UnsafeMutableBufferPointer<Node>,
    from origin: Int, _ start: inout Int, to limit: Int, _ reach: inout Int, mayEnd: Bool
  ) -> Bool {
    guard let base = word.baseAddress, let nodes = nodes.baseAddress else { return false }
    let trie = model.trie
    let unknownID = model.unknownID
    while start < limit {
      let place = start - origin
      if mayEnd, reach == start, nodes[place].edge.id != unknownID { return true }
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
        if end.pointee.edge.start < 0 || score > end.pointee.score {
          end.pointee = Node(score: score, edge: Edge(start: Int32(start), id: id))
        }
        reach = max(reach, i)
        if i - start == length { hasSingle = true }
      }
      if !hasSingle {
        let score = here + model.unknownScore
        let end = min(start + length, word.count)
        let node = nodes + (end - origin)
        if node.pointee.edge.start < 0 || score > node.pointee.score {
          node.pointee = Node(score: score, edge: Edge(start: Int32(start), id: unknownID))
        }
        reach = max(reach, end)
      }
      start += length
    }
    return false
  }
}
