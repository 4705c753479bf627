/// Normalizes texts, cuts them into words and counts them.
struct WordCounter: Sendable {
  private(set) var counts = WordCounts()
  private let normalizer: Normalizer
  private let addsPrefixSpace: Bool

  init(normalizer: Normalizer, addsPrefixSpace: Bool) {
    self.normalizer = normalizer
    self.addsPrefixSpace = addsPrefixSpace
  }

  /// Counts the words of one text `times` times; malformed sequences become U+FFFD first.
  mutating func count(_ text: UnsafeBufferPointer<UInt8>, times: Int = 1) {
    var scratch = Scratch()
    count(text, times: times, &scratch)
  }

  /// Counts the words of each line, which is a text with its terminator.
  mutating func count(lines: UnsafeBufferPointer<UInt8>) {
    var scratch = Scratch()
    var start = 0
    while start < lines.count {
      let end = LineBreaks.end(ofLineAt: start, in: lines)
      count(UnsafeBufferPointer(rebasing: lines[start..<end]), times: 1, &scratch)
      start = end
    }
  }

  /// Counts the words of each text.
  mutating func count(texts: ArraySlice<UnsafeBufferPointer<UInt8>>) {
    var scratch = Scratch()
    for text in texts { count(text, times: 1, &scratch) }
  }

  private struct Scratch {
    var normalizer = NormalizerScratch()
    var piece: [UInt8] = []
  }

  private mutating func count(
    _ text: UnsafeBufferPointer<UInt8>, times: Int, _ scratch: inout Scratch
  ) {
    guard UTF8Repair.isValid(text) else {
      let repaired = UTF8Repair.repaired(text).bytes
      repaired.withUnsafeBufferPointer { count($0, times: times, &scratch) }
      return
    }
    let changed = normalizer.apply(text, &scratch.normalizer, aligning: false)
    scratch.piece.removeAll(keepingCapacity: true)
    let first = changed ? scratch.normalizer.bytes.first : text.first
    guard let first else { return }
    if addsPrefixSpace, first != UInt8(ascii: " ") { scratch.piece.append(UInt8(ascii: " ")) }
    if changed {
      scratch.piece.append(contentsOf: scratch.normalizer.bytes)
    } else {
      scratch.piece.append(contentsOf: text)
    }
    let end = scratch.piece.count
    // Words are read sixteen bytes at a time.
    for _ in 0..<WordKey.exactLength { scratch.piece.append(0) }
    scratch.piece.withUnsafeBufferPointer { piece in
      guard let base = piece.baseAddress else { return }
      let scanner = WordScanner(base, count: end)
      var start = 0
      while start < end {
        let next = scanner.end(ofWordAt: start)
        counts.add(base + start, length: next - start, count: times)
        start = next
      }
    }
  }
}
