/// A token of a word and the bytes of the word it stands for.
package struct ModelToken: Equatable {
  /// The identifier.
  package var id: Int32
  /// The first byte.
  package var start: Int32
  /// The place after the last byte.
  package var end: Int32
}

/// What makes tokens of words, and the memory it uses again and again.
protocol WordTokenizer {
  /// Whether a word has the same tokens every time.
  var isRepeatable: Bool { get }
  /// Whether words can be cut into parts whose tokens do not depend on each other.
  var cutsWords: Bool { get }
  /// Returns the end of the part of `word` that begins at `start`.
  func endOfPart(of word: UnsafeBufferPointer<UInt8>, from start: Int) -> Int
  /// Appends the tokens of a word, which is valid UTF-8 and not empty.
  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken])
}

extension WordTokenizer {
  var cutsWords: Bool { false }

  func endOfPart(of word: UnsafeBufferPointer<UInt8>, from start: Int) -> Int { word.count }
}
