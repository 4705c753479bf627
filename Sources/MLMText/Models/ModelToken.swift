/// A token of a word and the bytes of the word it stands for.
struct ModelToken: Equatable {
  var id: Int32
  var start: Int32
  var end: Int32
}

/// What makes tokens of words, and the memory it uses again and again.
protocol WordTokenizer {
  /// Whether a word has the same tokens every time.
  var isRepeatable: Bool { get }
  /// Appends the tokens of a word, which is valid UTF-8 and not empty.
  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken])
}
