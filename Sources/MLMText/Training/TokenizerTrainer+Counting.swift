import Synchronization

extension TokenizerTrainer {
  /// Counts the words of one text.
  public func count(_ text: String) {
    var text = text
    text.withUTF8 { counters[0].count($0) }
  }

  /// Counts the words of one text, `times` times; malformed sequences become U+FFFD first.
  public func count(utf8: UnsafeBufferPointer<UInt8>, times: Int = 1) {
    guard times > 0 else { return }
    counters[0].count(utf8, times: times)
  }

  /// Counts the words of each text, on `threads` threads.
  public func count(batch: [UnsafeBufferPointer<UInt8>], threads: Int = 1) {
    // Parts of about the same number of bytes, each of whole texts.
    let threads = max(1, min(threads, batch.count))
    let share = batch.reduce(0) { $0 + $1.count } / threads + 1
    var parts: [ArraySlice<UnsafeBufferPointer<UInt8>>] = []
    var start = 0
    var size = 0
    for (index, text) in batch.enumerated() {
      size += text.count
      if size >= share || index == batch.count - 1 {
        parts.append(batch[start...index])
        start = index + 1
        size = 0
      }
    }
    inParallel(parts) { counter, part in for text in part { counter.count(text) } }
  }

  /// Counts the words of each line, a text with its terminator U+000A, on `threads` threads.
  ///
  /// Feeding a file in blocks that end with a line gives what Hugging Face's `train(files)` sees.
  /// Returns the number of malformed sequences, each replaced by U+FFFD.
  @discardableResult
  public func count(lines: UnsafeBufferPointer<UInt8>, threads: Int = 1) -> Int {
    let parts = LineBreaks.parts(of: lines, count: max(threads, 1))
    let malformed = Atomic<Int>(0)
    inParallel(parts) { counter, part in
      let isValid = UTF8Repair.isValid(part)
      if !isValid {
        malformed.add(UTF8Repair.repaired(part).replacements, ordering: .relaxed)
      }
      counter.count(lines: part, isValid: isValid)
    }
    return malformed.load(ordering: .relaxed)
  }

  /// Leaves a text, which is counted too, out of what the second tokenizer of
  /// `trainWithSampleWithheld` learns from.
  public func withhold(utf8 text: UnsafeBufferPointer<UInt8>) { withheld.count(text) }

  /// Leaves lines, which are counted too, out of what the second tokenizer of
  /// `trainWithSampleWithheld` learns from.
  public func withhold(lines: UnsafeBufferPointer<UInt8>) {
    withheld.count(lines: lines, isValid: UTF8Repair.isValid(lines))
  }

  private func inParallel<Part>(_ parts: [Part], _ body: (WordCounter, Part) -> Void) {
    while counters.count < parts.count {
      counters.append(Self.counter(options))
    }
    let counters = counters
    WorkerThreads.run(parts.count) { body(counters[$0], parts[$0]) }
  }
}
