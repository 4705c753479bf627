/// Words and how often each occurs, in memory or in files.
///
/// The order of the words differs from source to source; what is made of them may depend on it only
/// where it asks for their order.
protocol CountedWords {
  /// Calls `body` with each word, once, and its count.
  func forEach(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) throws

  /// The same words in the order of their bytes.
  var sorted: any CountedWords { get }
}

/// The words of a table in the order of their bytes.
struct SortedWords: CountedWords {
  let table: WordTable

  func forEach(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) throws {
    try table.forEachSorted(body)
  }

  var sorted: any CountedWords { self }
}

/// Words without those of a sample.
struct WordsWithout<Words: CountedWords>: CountedWords {
  let words: Words
  let withheld: WordTable

  func forEach(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) throws {
    try words.forEach { word, count in
      let rest = count - withheld.count(of: word)
      if rest > 0 { try body(word, rest) }
    }
  }

  var sorted: any CountedWords {
    func without(_ words: some CountedWords) -> any CountedWords {
      WordsWithout<_>(words: words, withheld: withheld)
    }
    return without(words.sorted)
  }

  /// Whether the sample has all words.
  var isEmpty: Bool {
    get throws {
      do {
        try forEach { _, _ in throw Found() }
        return true
      } catch is Found {
        return false
      }
    }
  }

  private struct Found: Error {}
}

/// What was counted, for a summary.
public struct CountSummary: Hashable, Sendable {
  /// Bytes of text.
  public var textBytes = 0
  /// Words, each occurrence counted.
  public var words = 0
  /// Different words.
  public var distinctWords = 0
  /// Words that are surely none, because they are longer than ``longestPlausibleWord``.
  public var implausibleWords = 0
  /// The length of the longest word in bytes.
  public var longestWord = 0

  /// The length in bytes above which a word is surely none.
  ///
  /// Longer ones are pieces of a file that is no text, or text that the
  /// pre-tokenizer cannot cut. They are learned from like others, and slow learning down.
  public static let longestPlausibleWord = 2000
}

extension CountSummary {
  /// Adds what was counted elsewhere, but for different words.
  mutating func add(_ other: CountSummary) {
    textBytes &+= other.textBytes
    words &+= other.words
    implausibleWords &+= other.implausibleWords
    longestWord = max(longestWord, other.longestWord)
  }
}
