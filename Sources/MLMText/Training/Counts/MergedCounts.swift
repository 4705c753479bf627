/// The words of several counts files, read side by side: each word once, in the order of their bytes.
///
/// The result does not depend on the order of the files.
struct MergedCounts: CountedWords {
  let paths: [String]

  /// Files that are read at the same time: systems allow a process a few hundred.
  static let largestGroup = 64

  func forEach(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) throws {
    _ = try read(body)
  }

  var sorted: any CountedWords { self }

  /// Calls `body` with each word and its count, and returns the sums of what the files say of
  /// themselves.
  func read(
    _ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) throws -> Void
  ) throws -> CountSummary {
    var summary = CountSummary()
    var queue = ReaderQueue()
    func goOn(_ reader: CountsReader) throws {
      if try reader.next() {
        queue.insert(reader)
      } else {
        try summary.add(reader.summary, path: reader.path)
      }
    }
    for path in paths { try goOn(CountsReader(path: path)) }
    var word: [UInt8] = []
    while let first = queue.removeFirst() {
      word.removeAll(keepingCapacity: true)
      word += first.word
      var count = first.count
      try goOn(first)
      while let other = queue.first, other.word == word {
        _ = queue.removeFirst()
        let (sum, overflow) = count.addingReportingOverflow(other.count)
        guard !overflow else {
          throw TokenizerError(
            code: .malformed, file: other.path,
            reason: "expected counts that add up to less than 2^63, found more")
        }
        count = sum
        try goOn(other)
      }
      summary.distinctWords += 1
      try word.withUnsafeBufferPointer { try body($0, count) }
    }
    return summary
  }
}

extension CountSummary {
  /// Adds what another file says of itself, but for its different words.
  fileprivate mutating func add(_ other: CountSummary, path: String) throws {
    let (sum, overflow) = words.addingReportingOverflow(other.words)
    guard !overflow else {
      throw TokenizerError(
        code: .malformed, file: path, reason: "expected fewer than 2^63 words in all, found more")
    }
    words = sum
    textBytes &+= other.textBytes
    implausibleWords &+= other.implausibleWords
    longestWord = max(longestWord, other.longestWord)
  }
}

/// Readers in the order of their current words: a binary heap.
private struct ReaderQueue {
  private var readers: [CountsReader] = []

  var first: CountsReader? { readers.first }

  mutating func insert(_ reader: CountsReader) {
    readers.append(reader)
    var child = readers.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      readers.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> CountsReader? {
    guard let first = readers.first else { return nil }
    let last = readers.removeLast()
    guard !readers.isEmpty else { return first }
    readers[0] = last
    var parent = 0
    while true {
      var least = 2 * parent + 1
      guard least < readers.count else { break }
      if least + 1 < readers.count, precedes(least + 1, least) { least += 1 }
      guard precedes(least, parent) else { break }
      readers.swapAt(least, parent)
      parent = least
    }
    return first
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    readers[a].word.lexicographicallyPrecedes(readers[b].word)
  }
}
