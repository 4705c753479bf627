/// Counts the words of texts.
///
/// Texts are cut at single spaces first, and each different stretch is normalized and cut into words
/// only once. That is right where a stretch gives the same words wherever it stands
/// (``WordSplitter/isLocal``); text of other kinds is cut as it comes.
final class WordCounter {
  /// The words; complete after `settle()`.
  let words = WordTable()
  private(set) var summary = CountSummary()
  private var splitter: WordSplitter
  /// Stretches that begin with a space, and those that begin a text.
  private let stretches = WordTable()
  private let beginnings = WordTable()

  /// Longer stretches are too rare to be worth remembering.
  private static let longestStretch = 64
  /// Bytes of remembered stretches after which they are turned into words.
  private static let stretchMemory = 48 << 20

  init(_ splitter: WordSplitter) { self.splitter = splitter }

  /// The bytes of memory that the tables take.
  var memory: Int { words.memory + stretches.memory + beginnings.memory }

  /// Whether anything was counted.
  var hasWords: Bool { words.wordCount + stretches.wordCount + beginnings.wordCount > 0 }

  /// Adds all that `other`, which is settled, has counted.
  func add(_ other: WordCounter) {
    words.add(other.words)
    summary.add(other.summary)
  }

  /// Counts the words of one text `times` times; malformed sequences become U+FFFD first.
  func count(_ text: UnsafeBufferPointer<UInt8>, times: Int = 1) {
    summary.textBytes &+= text.count &* times
    guard splitter.isLocal else {
      countWords(of: text, startsText: true, times: times)
      return
    }
    guard let base = text.baseAddress else { return }
    var start = 0
    while start < text.count {
      let end = Self.endOfStretch(base, from: start, count: text.count)
      if end - start > Self.longestStretch {
        countWords(
          of: UnsafeBufferPointer(start: base + start, count: end - start),
          startsText: start == 0, times: times)
      } else {
        (start == 0 ? beginnings : stretches).add(
          base + start, length: end - start, readable: text.count - start, count: times)
      }
      start = end
    }
    if stretches.memory + beginnings.memory > Self.stretchMemory { settle() }
  }

  /// Counts the words of each line, which is a text with its terminator.
  func count(lines: UnsafeBufferPointer<UInt8>) {
    var start = 0
    while start < lines.count {
      let end = LineBreaks.end(ofLineAt: start, in: lines)
      count(UnsafeBufferPointer(rebasing: lines[start..<end]))
      start = end
    }
  }

  /// Turns the stretches seen so far into words.
  func settle() {
    beginnings.forEach { text, count in countWords(of: text, startsText: true, times: count) }
    beginnings.removeAll()
    stretches.forEach { text, count in countWords(of: text, startsText: false, times: count) }
    stretches.removeAll()
  }

  private func countWords(of text: UnsafeBufferPointer<UInt8>, startsText: Bool, times: Int) {
    let words = words
    var (count, implausible, longest) = (0, 0, summary.longestWord)
    splitter.split(text, startsText: startsText) { word, length, readable in
      words.add(word, length: length, readable: readable, count: times)
      count += 1
      if length > longest { longest = length }
      if length > CountSummary.longestPlausibleWord { implausible += 1 }
    }
    summary.words &+= count &* times
    summary.implausibleWords &+= implausible &* times
    summary.longestWord = longest
  }

  /// The next single space between visible ASCII characters, or the end.
  @inline(__always)
  private static func endOfStretch(
    _ base: UnsafePointer<UInt8>, from start: Int, count: Int
  ) -> Int {
    var i = start + 1
    while i < count {
      if base[i] == UInt8(ascii: " "), i + 1 < count, isVisible(base[i - 1]), isVisible(base[i + 1])
      {
        return i
      }
      i += 1
    }
    return count
  }

  @inline(__always)
  private static func isVisible(_ byte: UInt8) -> Bool { byte &- 0x21 < 0x5E }
}
