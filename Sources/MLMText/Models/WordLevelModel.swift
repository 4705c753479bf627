/// A token for every known word, and one for all others.
package struct WordLevelModel: Sendable {
  let vocabulary: Vocabulary
  let unknown: [UInt8]
  let unknownID: Int32

  /// Creates a model; nil if the unknown token is not in the vocabulary.
  init?(vocabulary: Vocabulary, unknown: [UInt8]) {
    guard let id = vocabulary.id(of: unknown) else { return nil }
    self.vocabulary = vocabulary
    self.unknown = unknown
    unknownID = Int32(id)
  }
}

extension WordLevelModel: WordTokenizer {
  var isRepeatable: Bool { true }

  func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    let id = vocabulary.id(of: word).map { Int32($0) } ?? unknownID
    tokens.append(ModelToken(id: id, start: 0, end: Int32(word.count)))
  }
}
