/// A vocabulary whose tokens have log probabilities: a text is cut so that their sum is highest
/// (Kudo, "Subword Regularization", 2018).
package final class UnigramModel: Sendable {
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
