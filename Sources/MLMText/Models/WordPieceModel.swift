/// WordPiece: the longest token that a word begins with, then the longest continuation, and so on.
package struct WordPieceModel: Sendable {
  let vocabulary: Vocabulary
  let unknown: [UInt8]
  let unknownID: Int32
  let prefix: [UInt8]
  let longestWord: Int
  let trie: ByteTrie
  /// Where continuations begin in the tree, or -1.
  let continuation: Int32

  /// Creates a model; nil if the unknown token is not in the vocabulary.
  init?(vocabulary: Vocabulary, unknown: [UInt8], prefix: [UInt8], longestWord: Int) {
    guard let id = vocabulary.id(of: unknown) else { return nil }
    self.vocabulary = vocabulary
    self.unknown = unknown
    unknownID = Int32(id)
    self.prefix = prefix
    self.longestWord = longestWord
    trie = ByteTrie(vocabulary)
    continuation = trie.node(of: prefix)
  }
}

extension WordPieceModel: WordTokenizer {
  var isRepeatable: Bool { true }

  func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    let first = tokens.count
    let length = word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    var start = length > longestWord ? -1 : 0
    while start >= 0, start < word.count {
      var node = start == 0 ? ByteTrie.root : continuation
      var i = start
      var best: (id: Int32, end: Int)?
      while i < word.count, node >= 0 {
        node = trie.child(node, word[i])
        guard node >= 0 else { break }
        i += 1
        if trie.id(node) >= 0 { best = (trie.id(node), i) }
      }
      guard let best else {
        start = -1
        break
      }
      tokens.append(ModelToken(id: best.id, start: Int32(start), end: Int32(best.end)))
      start = best.end
    }
    if start < 0 {
      tokens.removeLast(tokens.count - first)
      tokens.append(ModelToken(id: unknownID, start: 0, end: Int32(word.count)))
    }
  }
}
