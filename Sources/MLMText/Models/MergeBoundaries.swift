/// Finds places in text that no merge ever reaches over, so that a long word can be merged in parts.
///
/// The first merge over a place would join a token that ends there with one that begins there. If no
/// two such tokens of the vocabulary are a merge, whatever stands around them, there is none.
final class MergeBoundaries: Sendable {
  private let table: MergeTable
  /// The tokens' bytes, and the same backwards.
  private let forward: ByteTrie
  private let backward: ByteTrie
  /// The identifiers of the tokens that the trees number.
  private let ids: [Int32]

  init(_ model: BytePairModel) {
    var tokens: [[UInt8]] = []
    var ids: [Int32] = []
    for id in 0..<model.vocabulary.count where model.vocabulary.isFindable(id) {
      let bytes = (model.vocabulary[id] ?? []).withUnsafeBufferPointer {
        ByteLevelAlphabet.bytes(of: $0)
      }
      guard let bytes, !bytes.isEmpty else { continue }
      tokens.append(bytes)
      ids.append(Int32(id))
    }
    table = model.table
    forward = ByteTrie(Vocabulary(tokens))
    backward = ByteTrie(Vocabulary(tokens.map { $0.reversed() }))
    self.ids = ids
  }

  /// Whether no merge reaches over `place`, which lies inside the word.
  func isBoundary(_ word: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    ids.withUnsafeBufferPointer { ids in
      var left = ByteTrie.root
      var start = place
      while start > 0 {
        start -= 1
        left = backward.child(left, word[start])
        if left < 0 { return true }
        let leftToken = backward.id(left)
        if leftToken < 0 { continue }
        var right = ByteTrie.root
        var end = place
        while end < word.count {
          right = forward.child(right, word[end])
          if right < 0 { break }
          end += 1
          let rightToken = forward.id(right)
          if rightToken >= 0,
            table.answer(ids[Int(leftToken)], ids[Int(rightToken)]) != MergeTable.none
          {
            return false
          }
        }
      }
      return true
    }
  }
}
