/// Counts the words of texts.
///
/// Texts are cut into stretches first, and each different stretch is normalized and cut into words
/// only once. That is right where a stretch gives the same words wherever it stands
/// (``WordSplitter/Stretches``); text of other kinds is cut as it comes.
package final class WordCounter {
  /// The words; complete after `settle()`.
  package let words = WordTable()
  /// What was counted, but for different words; complete after `settle()`.
  package private(set) var summary = CountSummary()
  private var splitter: WordSplitter
  /// Stretches that begin with a space, and those that begin a text.
  private let stretches = WordTable()
  private let beginnings = WordTable()

  /// Longer stretches are too rare to be worth remembering.
  private static let longestStretch = 64
  /// Bytes of remembered stretches after which they are turned into words.
  private static let stretchMemory = 48 << 20

  /// Counts the words that `splitter` cuts.
  package init(_ splitter: WordSplitter) { self.splitter = splitter }

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
    count(text, readable: text.count, isValid: false, times: times)
  }

  /// Counts the words of each line, which is a text with its terminator; `isValid` says that the
  /// lines are known to be UTF-8.
  package func count(lines: UnsafeBufferPointer<UInt8>, isValid: Bool) {
    var start = 0
    while start < lines.count {
      let end = LineBreaks.end(ofLineAt: start, in: lines)
      count(
        UnsafeBufferPointer(rebasing: lines[start..<end]), readable: lines.count - start,
        isValid: isValid, times: 1)
      start = end
    }
  }

  /// Counts a text, from whose start on `readable` bytes can be read.
  private func count(
    _ text: UnsafeBufferPointer<UInt8>, readable: Int, isValid: Bool, times: Int
  ) {
    summary.textBytes &+= text.count &* times
    guard let base = text.baseAddress else { return }
    switch splitter.stretches {
    case .none: countWords(of: text, startsText: true, times: times)
    case .afterSpaces: countAtSpaces(base, text.count, readable: readable, times: times)
    case .bert:
      if isValid || UTF8Repair.isValid(text) {
        countBERT(base, text.count, readable: readable, times: times)
      } else {
        UTF8Repair.repaired(text).bytes.withUnsafeBufferPointer { text in
          guard let base = text.baseAddress else { return }
          countBERT(base, text.count, readable: text.count, times: times)
        }
      }
    }
    if stretches.memory + beginnings.memory > Self.stretchMemory { settle() }
  }

  private func countAtSpaces(
    _ base: UnsafePointer<UInt8>, _ count: Int, readable: Int, times: Int
  ) {
    var table = beginnings
    let stretches = stretches
    var start = 0
    while start < count {
      let end = Self.endOfStretch(base, from: start, count: count)
      if end - start > Self.longestStretch {
        countWords(
          of: UnsafeBufferPointer(start: base + start, count: end - start),
          startsText: start == 0, times: times)
      } else {
        table.add(base + start, length: end - start, readable: readable - start, count: times)
      }
      table = stretches
      start = end
    }
  }

  private func countBERT(
    _ base: UnsafePointer<UInt8>, _ count: Int, readable: Int, times: Int
  ) {
    let stretches = stretches
    BERTStretch.forEach(in: base, count: count) { start, length in
      if length > Self.longestStretch {
        countWords(
          of: UnsafeBufferPointer(start: base + start, count: length), startsText: false,
          times: times)
      } else {
        stretches.add(base + start, length: length, readable: readable - start, count: times)
      }
    }
  }

  /// Turns the stretches seen so far into words.
  package func settle() {
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
    while true {
      i = nextSpace(base, from: i, count: count)
      guard i + 1 < count else { return count }
      if isVisible(base[i - 1]), isVisible(base[i + 1]) { return i }
      i += 1
    }
  }

  /// The next space, eight bytes at a time, or the end.
  @inline(__always)
  private static func nextSpace(
    _ base: UnsafePointer<UInt8>, from start: Int, count: Int
  ) -> Int {
    let raw = UnsafeRawPointer(base)
    let ones: UInt64 = 0x0101_0101_0101_0101
    var i = start
    while i + 8 <= count {
      // A space becomes a zero byte; the lowest zero byte is the lowest whose high bit is set here.
      let bytes =
        raw.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian ^ (0x20 &* ones)
      let zeros = (bytes &- ones) & ~bytes & (0x80 &* ones)
      if zeros != 0 { return i + zeros.trailingZeroBitCount / 8 }
      i += 8
    }
    while i < count, base[i] != UInt8(ascii: " ") { i += 1 }
    return i
  }

  @inline(__always)
  private static func isVisible(_ byte: UInt8) -> Bool { byte &- 0x21 < 0x5E }
}
