/// The scripts of characters, as sentencepiece tells them apart: kana counts as Han.
enum Scripts {
  /// The class of characters that belong to any script: spaces and what is not assigned.
  private static let any: UInt8 = 0xFF

  private struct Run {
    var end: UInt32
    var script: UInt8
  }

  /// The runs of code points of one script, in order.
  private static let runs: [Run] = {
    var runs: [Run] = []
    var next: UInt32 = 0
    var fields: [UInt32] = []
    for field in table.utf8.split(separator: UInt8(ascii: " ")) {
      fields.append(UInt32(String(decoding: field, as: UTF8.self), radix: 36) ?? 0)
      guard fields.count == 3 else { continue }
      if fields[0] > 0 {
        next += fields[0]
        runs.append(Run(end: next, script: any))
      }
      next += fields[1]
      runs.append(Run(end: next, script: UInt8(truncatingIfNeeded: fields[2])))
      fields.removeAll()
    }
    runs.append(Run(end: 0x110000, script: any))
    return runs
  }()

  private static func script(of scalar: UInt32) -> UInt8 {
    var low = 0
    var high = runs.count - 1
    while low < high {
      let middle = (low + high) / 2
      if scalar < runs[middle].end { high = middle } else { low = middle + 1 }
    }
    return runs[low].script
  }

  /// Calls `body` with each stretch of characters of one script in a part of `text`.
  ///
  /// Characters of any script go with those before them; at the beginning they are dropped.
  static func forEachRun(
    in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    guard let base = text.baseAddress else { return }
    var start: Int?
    var last: UInt8?
    var i = range.lowerBound
    while i < range.upperBound {
      let (scalar, length) = UTF8Scalar.decode(base + i)
      let script = script(of: scalar)
      if script != any, script != last {
        if let start { body(start..<i) }
        start = i
        last = script
      }
      i += length
    }
    if let start { body(start..<i) }
  }
}
